/** How an AWS service is spoken to. */
export interface AwsService {
  /** The name in `AWS_ENDPOINT_URL_<ID>` (the SDKs' service id, in capitals). */
  readonly endpointId: string
  readonly signingName: string
  /** How `action/X` goes on the wire: as `X-Amz-Target` (json), as `Action=X` (query), or as a path of its own (rest). */
  readonly protocol: 'json' | 'query' | 'rest'
  /** What Amazon writes before the action in `X-Amz-Target` by itself; null where the definition has to set the header (aws-rest 6.3). */
  readonly targetPrefix: string | null
  /** The content type that goes with the target. */
  readonly contentType: string | null
  /** The `Version` of the Query protocol. */
  readonly apiVersion: string | null
  /** Whether the service has one endpoint for all regions; it signs for us-east-1. */
  readonly isGlobal: boolean
}

const PLAIN = { protocol: 'query', targetPrefix: null, contentType: null, apiVersion: null, isGlobal: false } as const

function json(endpointId: string, signingName: string, targetPrefix: string, version: '1.0' | '1.1'): AwsService {
  return { ...PLAIN, endpointId, signingName, protocol: 'json', targetPrefix, contentType: `application/x-amz-json-${version}` }
}

function query(endpointId: string, signingName: string, apiVersion: string): AwsService {
  return { ...PLAIN, endpointId, signingName, apiVersion }
}

function rest(endpointId: string, signingName: string): AwsService {
  return { ...PLAIN, endpointId, signingName, protocol: 'rest' }
}

/**
 * Services by their name in an integration's URI. Those with a target prefix get `X-Amz-Target` and their content type by themselves; the others speak Query for
 * `action/X` unless the definition sets the target, as recorded for EventBridge and SSM (aws-rest 6.3). What is not listed is taken as a Query service of its own name.
 */
const SERVICES: ReadonlyMap<string, AwsService> = new Map<string, AwsService>([
  ['dynamodb', json('DYNAMODB', 'dynamodb', 'DynamoDB_20120810', '1.0')],
  ['kinesis', json('KINESIS', 'kinesis', 'Kinesis_20131202', '1.1')],
  ['states', json('SFN', 'states', 'AWSStepFunctions', '1.0')],
  ['firehose', json('FIREHOSE', 'firehose', 'Firehose_20150804', '1.1')],
  ['sqs', query('SQS', 'sqs', '2012-11-05')],
  ['sns', query('SNS', 'sns', '2010-03-31')],
  ['events', query('EVENTBRIDGE', 'events', '2015-10-07')],
  ['ssm', query('SSM', 'ssm', '2014-11-06')],
  ['sts', query('STS', 'sts', '2011-06-15')],
  ['ses', query('SES', 'ses', '2010-12-01')],
  ['email', query('SES', 'ses', '2010-12-01')],
  ['monitoring', query('CLOUDWATCH', 'monitoring', '2010-08-01')],
  ['cloudformation', query('CLOUDFORMATION', 'cloudformation', '2010-05-15')],
  ['ec2', query('EC2', 'ec2', '2016-11-15')],
  ['rds', query('RDS', 'rds', '2014-10-31')],
  ['iam', { ...query('IAM', 'iam', '2010-05-08'), isGlobal: true }],
  ['logs', query('CLOUDWATCH_LOGS', 'logs', '2014-03-28')],
  ['secretsmanager', query('SECRETS_MANAGER', 'secretsmanager', '2017-10-17')],
  ['cognito-idp', query('COGNITO_IDENTITY_PROVIDER', 'cognito-idp', '2016-04-18')],
  ['kms', query('KMS', 'kms', '2014-11-01')],
  ['s3', rest('S3', 's3')],
  ['lambda', rest('LAMBDA', 'lambda')],
  ['appsync-api', rest('APPSYNC', 'appsync')],
  ['execute-api', rest('APIGATEWAYMANAGEMENTAPI', 'execute-api')],
  ['iot', rest('IOT_DATA_PLANE', 'iotdata')],
  ['sagemaker', rest('SAGEMAKER_RUNTIME', 'sagemaker')],
  ['bedrock-runtime', rest('BEDROCK_RUNTIME', 'bedrock')],
])

/** The service of an integration's URI. */
export function serviceOf(name: string): AwsService {
  return SERVICES.get(name) ?? { ...PLAIN, endpointId: name.toUpperCase().replaceAll('-', '_'), signingName: name }
}
