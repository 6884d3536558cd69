import type { Ports } from '../ports.ts'

const ROOT = /(?:^|;)\s*Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/iu
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})/iu
const SAMPLED = /(?:^|;)\s*Sampled=([01])/u

/** The value of `x-amz-apigw-id`, made from the request id so that one leads to the other: 15 characters and `=`, like Amazon's. */
export function toExtendedRequestId(requestId: string): string {
  const bytes = (requestId.replaceAll('-', '').slice(-22).match(/../gu) ?? []).map((pair) => Number.parseInt(pair, 16))
  return btoa(String.fromCharCode(...bytes))
}

/** The trace header of the request: parts that the client sent are kept, the missing ones are new (aws-rest 15.4). */
export function toTraceId(header: string | null, ports: Ports): string {
  const root = header === null ? undefined : ROOT.exec(header)?.[1]
  const parent = header === null ? undefined : PARENT.exec(header)?.[1]
  const sampled = header === null ? undefined : SAMPLED.exec(header)?.[1]
  if (root === undefined) return `Root=${newRoot(ports)};Parent=${newParent(ports)};Sampled=${sampled ?? '0'}`
  if (parent === undefined) return `Root=${root};Parent=${newParent(ports)};Sampled=${sampled ?? '0'}`
  return `Root=${root};Parent=${parent};Sampled=${sampled ?? '1'}`
}

function newRoot(ports: Ports): string {
  const seconds = Math.floor(ports.clock.nowMs() / 1000).toString(16).padStart(8, '0')
  return `1-${seconds}-${ports.chance.uuid().replaceAll('-', '').slice(0, 24)}`
}

function newParent(ports: Ports): string {
  return ports.chance.uuid().replaceAll('-', '').slice(0, 16)
}
