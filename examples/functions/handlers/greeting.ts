// A handler as one writes it for AWS Lambda behind a proxy integration; nothing here knows of Workers.

interface GreetingEvent {
  readonly queryStringParameters: Readonly<Record<string, string>> | null
  readonly stageVariables: Readonly<Record<string, string>> | null
  readonly requestContext: { readonly requestId: string; readonly identity: { readonly sourceIp: string } }
}

interface GreetingContext {
  readonly awsRequestId: string
  readonly functionName: string
  readonly logStreamName: string
  getRemainingTimeInMillis(): number
}

/** Greets whoever asks, and tells what the function knows of its surroundings. */
export async function handler(event: GreetingEvent, context: GreetingContext) {
  const name = event.queryStringParameters?.['name'] ?? 'world'
  if (name === 'nobody') throw new Error('There is nobody to greet')
  return {
    statusCode: 200,
    headers: { 'Content-Type': 'application/json', 'X-Function': context.functionName },
    body: JSON.stringify({
      message: `Hello, ${name}!`,
      motd: event.stageVariables?.['motd'] ?? null,
      requestId: event.requestContext.requestId,
      invocationId: context.awsRequestId,
      remainingMs: context.getRemainingTimeInMillis(),
      logStream: context.logStreamName,
    }),
  }
}
