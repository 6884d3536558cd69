import { isAlias, isMap, isNode, isScalar, isSeq, parseDocument, type Alias, type Document, type Node, type Scalar, type YAMLMap, type YAMLSeq } from 'yaml'
import type { SourceLimits } from './limits.ts'
import type { Report } from './report.ts'
import type { MapEntry, ScalarNode, SourceNode } from './source-node.ts'

/**
 * Reads YAML 1.2 (and the merge key of 1.1) into nodes with positions. Syntax errors and doubled keys are reported at their places. Aliases share the node that they
 * name; what a text would grow to when they are counted out is bounded, so that a small file can't become a huge one.
 */
export function readYaml(text: string, report: Report, limits: SourceLimits): SourceNode | null {
  const document = parse(text, report)
  if (document === null) return null
  const deep = document.errors.find((error) => error.message.startsWith('Maximum call stack'))
  if (deep !== undefined) {
    report.errorAt(deep.pos[0], '', TOO_DEEP)
    return null
  }
  for (const error of document.errors.slice(0, limits.syntaxErrorsMax)) report.errorAt(error.pos[0], '', toMessage(error.message))
  for (const warning of document.warnings.slice(0, limits.syntaxErrorsMax)) report.errorAt(warning.pos[0], '', toTagMessage(warning.message))
  if (document.errors.length > 0 || document.warnings.length > 0) return null
  if (document.contents === null) {
    report.errorAt(0, '', 'the file is empty')
    return null
  }
  const converter: Converter = { report, limits, anchors: new Map(), open: new Set(), done: new Map(), failed: false }
  const converted = convert(document.contents, 0, converter)
  return converted === null || converter.failed ? null : converted.node
}

const TOO_DEEP = 'nested too deeply to be read'

function parse(text: string, report: Report): Document | null {
  try {
    // Doubled keys are found below, in a time that does not grow with the square of their number.
    return parseDocument(text, { uniqueKeys: false, prettyErrors: false, logLevel: 'error', version: '1.2', merge: false })
  } catch (error) {
    // The parser goes down by recursion: a text of endless brackets ends its stack.
    report.errorAt(0, '', error instanceof RangeError ? TOO_DEEP : `not readable as YAML: ${String(error)}`)
    return null
  }
}

interface Converter {
  readonly report: Report
  readonly limits: SourceLimits
  /** What each anchor names so far: an alias means the last one before it. */
  readonly anchors: Map<string, Node>
  /** Nodes that are being converted: an alias to one of them would never end. */
  readonly open: Set<Node>
  readonly done: Map<Node, Converted>
  failed: boolean
}

/** A node, and how many nodes it is when aliases are counted out. */
interface Converted {
  readonly node: SourceNode
  readonly size: number
}

function convert(node: Node, depth: number, converter: Converter): Converted | null {
  if (converter.failed) return null
  if (depth > converter.limits.depthMax) return fail(node, `nested deeper than ${converter.limits.depthMax} levels`, converter)
  if (isAlias(node)) return convertAlias(node, depth, converter)
  const known = converter.done.get(node)
  if (known !== undefined) return known
  const anchor = anchorOf(node)
  if (anchor !== undefined) converter.anchors.set(anchor, node)
  converter.open.add(node)
  const converted = convertPlain(node, depth, converter)
  converter.open.delete(node)
  if (converted === null) return null
  if (converted.size > converter.limits.nodesMax) return fail(node, `grows to more than ${converter.limits.nodesMax} values when its aliases are counted out`, converter)
  if (anchor !== undefined) converter.done.set(node, converted)
  return converted
}

function anchorOf(node: Node): string | undefined {
  return isScalar(node) || isMap(node) || isSeq(node) ? node.anchor : undefined
}

function convertAlias(alias: Alias, depth: number, converter: Converter): Converted | null {
  const target = converter.anchors.get(alias.source)
  if (target === undefined) return fail(alias, `there is no anchor &${alias.source}`, converter)
  if (converter.open.has(target)) return fail(alias, `the alias *${alias.source} stands inside its own anchor`, converter)
  return convert(target, depth, converter)
}

function convertPlain(node: Node, depth: number, converter: Converter): Converted | null {
  if (isMap(node)) return convertMap(node, depth, converter)
  if (isSeq(node)) return convertSequence(node, depth, converter)
  if (isScalar(node)) return { node: toScalar(node), size: 1 }
  return fail(node, 'not a value', converter)
}

function convertSequence(sequence: YAMLSeq, depth: number, converter: Converter): Converted | null {
  const items: SourceNode[] = []
  let size = 1
  for (const item of sequence.items) {
    const converted = isNode(item) ? convert(item, depth + 1, converter) : nullAt(startOf(sequence))
    if (converted === null) return null
    items.push(converted.node)
    size += converted.size
  }
  return { node: { kind: 'list', items, start: startOf(sequence) }, size }
}

function convertMap(map: YAMLMap, depth: number, converter: Converter): Converted | null {
  const entries = new Map<string, MapEntry>()
  const merged: SourceNode[] = []
  let size = 1
  for (const pair of map.items) {
    const key = toKey(pair.key, map, converter)
    if (key === null) return null
    const converted = isNode(pair.value) ? convert(pair.value, depth + 1, converter) : nullAt(key.start)
    if (converted === null) return null
    size += converted.size
    if (key.isMerge) merged.push(converted.node)
    else if (entries.has(key.text)) converter.report.errorAt(key.start, '', `the key ${JSON.stringify(key.text)} occurs twice in one mapping`)
    else entries.set(key.text, { keyStart: key.start, value: converted.node })
  }
  for (const node of merged) mergeInto(entries, node)
  return { node: { kind: 'map', entries, start: startOf(map) }, size }
}

/** The merge key of YAML 1.1, `<<: *defaults`: a map or a list of maps whose keys are taken unless the map has them itself. */
function mergeInto(entries: Map<string, MapEntry>, node: SourceNode): void {
  const maps = node.kind === 'list' ? node.items : [node]
  for (const map of maps) {
    if (map.kind !== 'map') continue
    for (const [key, entry] of map.entries) if (!entries.has(key)) entries.set(key, entry)
  }
}

function toKey(key: unknown, map: YAMLMap, converter: Converter): { readonly text: string; readonly start: number; readonly isMerge: boolean } | null {
  const node = isAlias(key) ? converter.anchors.get(key.source) : key
  if (isScalar(node) && node.anchor !== undefined) converter.anchors.set(node.anchor, node)
  if (!isScalar(node)) return fail(isNode(node) ? node : map, 'a key must be a text', converter)
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '')
  return { text, start: startOf(isNode(key) ? key : node), isMerge: text === '<<' && node.type === 'PLAIN' }
}

function toScalar(scalar: Scalar): ScalarNode {
  const { value } = scalar
  const start = startOf(scalar)
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return { kind: 'scalar', value, start }
  if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'scalar', value, start }
  return { kind: 'scalar', value: scalar.source ?? '', start }
}

function nullAt(start: number): Converted {
  return { node: { kind: 'scalar', value: null, start }, size: 1 }
}

function startOf(node: Node): number {
  return node.range?.[0] ?? 0
}

function fail(node: Node, message: string, converter: Converter): null {
  if (!converter.failed) converter.report.errorAt(startOf(node), '', message)
  converter.failed = true
  return null
}

/** The parser's messages are sentences; ours have no capital and no full stop. */
function toMessage(message: string): string {
  return message.startsWith('Source contains multiple documents') ? 'the file holds several YAML documents; only one can be read' : message
}

/** CloudFormation's short forms are the tags that occur in the wild. */
function toTagMessage(message: string): string {
  const tag = /Unresolved tag: (\S+)/u.exec(message)?.[1]
  if (tag === undefined) return message
  return `the tag ${tag} can't be resolved here${tag.startsWith('!') ? ': CloudFormation resolves it when it deploys; write the value itself' : ''}`
}
