// A Lambda authorizer of type TOKEN, as one writes it for Amazon API Gateway.

interface TokenEvent {
  readonly authorizationToken: string
  readonly methodArn: string
}

/** Lets `Bearer NAME` in as NAME; everybody else is `Unauthorized`, and `Bearer nobody` is denied. */
export async function handler(event: TokenEvent) {
  const name = /^Bearer ([a-z]+)$/u.exec(event.authorizationToken)?.[1]
  if (name === undefined) throw new Error('Unauthorized')
  // The whole stage, not this method alone: the policy is kept and asked again for other methods.
  const [arn = ''] = /^[^/]+\/[^/]+/u.exec(event.methodArn) ?? []
  return {
    principalId: name,
    policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: name === 'nobody' ? 'Deny' : 'Allow', Resource: `${arn}/*` }] },
    context: { greeting: `Welcome, ${name}` },
  }
}
