import { didYouMean } from './nearest-word.ts'
import { childOf, childrenOf, type Place } from './place.ts'
import type { Report } from './report.ts'
import { showScalar } from './source-node.ts'

/** The place behind a key, unless it is absent or null. */
export function fieldOf(place: Place, key: string): Place | null {
  const child = childOf(place, key)
  return child === null || (child.node.kind === 'scalar' && child.node.value === null) ? null : child
}

/** A field that must be an object when it is there. */
export function mapField(place: Place, key: string, report: Report): Place | null {
  const child = fieldOf(place, key)
  if (child === null || child.node.kind === 'map') return child
  report.error(child, `${JSON.stringify(key)} must be an object, not ${describeNode(child)}`)
  return null
}

/** A field that must be a text when it is there; numbers and truth values are taken for the text that they look like, since people leave quotes away. */
export function textField(place: Place, key: string, report: Report): string | null {
  const child = fieldOf(place, key)
  return child === null ? null : textOf(child, report)
}

/** A place that must be a text. */
export function textOf(place: Place, report: Report): string | null {
  if (place.node.kind === 'scalar' && place.node.value !== null) return String(place.node.value)
  report.error(place, `expected a text, found ${describeNode(place)}${describeIntrinsic(place)}`)
  return null
}

/** A field that must be a truth value when it is there; the texts "true" and "false" count. */
export function flagField(place: Place, key: string, report: Report): boolean | null {
  const child = fieldOf(place, key)
  if (child === null) return null
  const value = child.node.kind === 'scalar' ? child.node.value : null
  if (typeof value === 'boolean') return value
  if (value === 'true' || value === 'false') return value === 'true'
  report.error(child, `${JSON.stringify(key)} must be true or false, not ${describeNode(child)}`)
  return null
}

/** A field that must be a whole number when it is there; a text of digits counts. */
export function wholeField(place: Place, key: string, report: Report): number | null {
  const child = fieldOf(place, key)
  if (child === null) return null
  const value = child.node.kind === 'scalar' ? child.node.value : null
  if (typeof value === 'number' && Number.isInteger(value)) return value
  if (typeof value === 'string' && /^-?[0-9]{1,15}$/u.test(value)) return Number(value)
  report.error(child, `${JSON.stringify(key)} must be a whole number, not ${describeNode(child)}`)
  return null
}

/** A field that must be a list of texts when it is there; empty when it is not. */
export function textsField(place: Place, key: string, report: Report): string[] {
  const child = fieldOf(place, key)
  if (child === null) return []
  if (child.node.kind !== 'list') {
    report.error(child, `${JSON.stringify(key)} must be a list of texts, not ${describeNode(child)}`)
    return []
  }
  return childrenOf(child).flatMap((item) => textOf(item, report) ?? [])
}

/** A field whose value is one of a few words, written in any case; gives the word as the list has it. */
export function wordField<Word extends string>(place: Place, key: string, words: readonly Word[], report: Report): Word | null {
  const child = fieldOf(place, key)
  return child === null ? null : wordOf(child, words, report)
}

/** A place that must be one of a few words. */
export function wordOf<Word extends string>(place: Place, words: readonly Word[], report: Report): Word | null {
  const text = textOf(place, report)
  if (text === null) return null
  const word = words.find((candidate) => candidate.toLowerCase() === text.toLowerCase())
  if (word !== undefined) return word
  report.error(place, `${describeNode(place)} is not one of ${words.join(', ')}${didYouMean(text, words)}`)
  return null
}

/** Warns of every key of an object that nothing reads. */
export function warnUnknownFields(place: Place, known: readonly string[], report: Report): void {
  if (place.node.kind !== 'map') return
  for (const child of childrenOf(place)) {
    const key = String(child.key)
    if (!known.includes(key)) report.warning(child, `unknown field ${JSON.stringify(key)} is ignored${didYouMean(key, known)}`)
  }
}

/** Says what a node is, for a message. */
export function describeNode(place: Place): string {
  const { node } = place
  if (node.kind === 'map') return 'an object'
  if (node.kind === 'list') return 'a list'
  return showScalar(node)
}

/** CloudFormation's functions stand where texts are expected in many definitions in the wild. */
function describeIntrinsic(place: Place): string {
  if (place.node.kind !== 'map' || place.node.entries.size !== 1) return ''
  const [name] = place.node.entries.keys()
  if (name !== 'Ref' && name?.startsWith('Fn::') !== true) return ''
  return `: ${name} is resolved by CloudFormation when it deploys; write the value itself`
}
