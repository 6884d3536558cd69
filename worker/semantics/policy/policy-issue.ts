/** What is wrong in a policy document, and where: `Statement[0].Action`. */
export interface PolicyIssue {
  readonly path: string
  readonly message: string
}
