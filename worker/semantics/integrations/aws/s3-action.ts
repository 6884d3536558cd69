/** What an S3 action addresses, and the sub-resource that its query names. */
const ACTIONS: ReadonlyMap<string, { readonly level: 'account' | 'bucket' | 'object'; readonly query: string }> = new Map([
  ['ListBuckets', { level: 'account', query: '' }],
  ['ListObjects', { level: 'bucket', query: '' }],
  ['ListObjectsV2', { level: 'bucket', query: 'list-type=2' }],
  ['CreateBucket', { level: 'bucket', query: '' }],
  ['DeleteBucket', { level: 'bucket', query: '' }],
  ['HeadBucket', { level: 'bucket', query: '' }],
  ['DeleteObjects', { level: 'bucket', query: 'delete' }],
  ['GetBucketLocation', { level: 'bucket', query: 'location' }],
  ['GetObject', { level: 'object', query: '' }],
  ['PutObject', { level: 'object', query: '' }],
  ['DeleteObject', { level: 'object', query: '' }],
  ['HeadObject', { level: 'object', query: '' }],
  ['CopyObject', { level: 'object', query: '' }],
  ['GetObjectTagging', { level: 'object', query: 'tagging' }],
  ['PutObjectTagging', { level: 'object', query: 'tagging' }],
  ['GetObjectAcl', { level: 'object', query: 'acl' }],
])

/** Path and query of `s3:action/<action>&Bucket=..&Key=..`; parameters beyond these two become query parameters. Null for an unknown action or a missing name. */
export function toS3Target(action: string, parameters: URLSearchParams): string | null {
  const known = ACTIONS.get(action)
  if (known === undefined) return null
  const bucket = parameters.get('Bucket')
  const key = parameters.get('Key')
  if (known.level !== 'account' && (bucket === null || bucket === '')) return null
  if (known.level === 'object' && (key === null || key === '')) return null
  const names = [...(known.level === 'account' ? [] : [bucket ?? '']), ...(known.level === 'object' ? (key ?? '').split('/') : [])]
  const query = new URLSearchParams([...parameters].filter(([name]) => name !== 'Bucket' && name !== 'Key')).toString()
  const queries = [known.query, query].filter((text) => text !== '').join('&')
  return `/${names.map((name) => encodeURIComponent(name)).join('/')}${queries === '' ? '' : `?${queries}`}`
}
