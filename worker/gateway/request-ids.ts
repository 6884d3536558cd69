import type { Ports } from '../ports.ts'

const ROOT = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/iu
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})/iu
const SAMPLED = /(?:^|;)\s*Sampled=([01])/u

/** The value of `x-amz-apigw-id`: 15 digits of the request id and `=`, the look of Amazon's; one leads to the other. */
export function toExtendedRequestId(requestId: string): string {
  return `${requestId.slice(0, 8)}${requestId.slice(-7)}=`
}

/** The trace header of the request: parts that the client sent are kept, the missing ones are new (aws-rest 15.4). */
export function toTraceId(header: string | null, ports: Ports): string {
  if (header === null) return `Root=${newRoot(ports)};Parent=${newParent(ports)};Sampled=0`
  const root = ROOT.exec(header)?.[1]
  const parent = PARENT.exec(header)?.[1]
  const sampled = SAMPLED.exec(header)?.[1]
  if (root === undefined) return `Root=${newRoot(ports)};Parent=${newParent(ports)};Sampled=${sampled ?? '0'}`
  if (parent === undefined) return `Root=${root};Parent=${newParent(ports)};Sampled=${sampled ?? '0'}`
  return `Root=${root};Parent=${parent};Sampled=${sampled ?? '1'}`
}

/** 96 random bits behind the second of now. */
function newRoot(ports: Ports): string {
  const uuid = ports.chance.uuid()
  const seconds = Math.floor(ports.clock.nowMs() / 1000).toString(16).padStart(8, '0')
  return `1-${seconds}-${uuid.slice(0, 8)}${uuid.slice(9, 13)}${uuid.slice(24)}`
}

/** Sixteen hexadecimal digits, from the free bits of a random UUID. */
function newParent(ports: Ports): string {
  const uuid = ports.chance.uuid()
  return uuid.slice(0, 8) + uuid.slice(-8)
}
