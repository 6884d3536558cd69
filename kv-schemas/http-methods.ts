/** The methods a resource can have; `ANY` stands for each of the others (aws-rest 1.2). */
export const HTTP_METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD', 'ANY'] as const
export type HttpMethod = (typeof HTTP_METHODS)[number]
