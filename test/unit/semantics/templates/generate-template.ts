import fc from 'fast-check'

/** Names that a template may mention: its own, the gateway's, and those that must lead nowhere. */
const NAME = fc.constantFrom('a', 'b', 'x', 'item', 'input', 'util', 'context', 'stageVariables', 'foreach', 'velocityCount', 'none', 'm')
const MEMBER = fc.constantFrom(
  'a', 'key', 'value', 'body', 'class', 'constructor', '__proto__', 'prototype', 'header', 'requestOverride', 'responseOverride', 'hasNext', 'index', 'stop', 'length', 'x-y',
)
const METHOD = fc.constantFrom(
  'path', 'json', 'params', 'get', 'put', 'putAll', 'add', 'addAll', 'remove', 'set', 'size', 'keySet', 'entrySet', 'values', 'subList', 'substring', 'replaceAll',
  'replace', 'split', 'matches', 'repeat', 'concat', 'format', 'parseJson', 'urlEncode', 'urlDecode', 'base64Decode', 'base64Encode', 'escapeJavaScript', 'toString',
  'getClass', 'constructor', '__proto__', 'valueOf', 'call', 'apply', 'bind', 'intValue', 'parseInt', 'contains', 'indexOf', 'equals', 'hashCode', 'stop',
)
const STRING = fc.constantFrom('', 'a', '$', '$.a', '$..*', '$.[', '%05d', '(a+)+', '[', '\\', '\\$1', '__proto__', 'constructor', '{"a":[1,{"b":null}]}', '100%', '😀', '\ud800')
const TEXT = fc.constantFrom('text', ' ', '\n', '\r\n', '{"a": ', '$', '\\', '## c\n', '#* c *#', '#[[ $x ]]#', "'", '$!', '}', '#break', '#stop', '\u0000')
const BROKEN = fc.constantFrom('#', '##', '#*', '*#', '#[[', ']]#', '"', '${', '#end', '#else', '#m', '$x.y(', '#set(')
const OPERATOR = fc.constantFrom('+', '-', '*', '/', '%', '==', '!=', '<', '>=', '&&', '||', 'and', 'eq', 'lt')

const TARGET = fc.oneof(
  NAME.map((name) => `$${name}`),
  fc.tuple(NAME, MEMBER).map(([name, member]) => `$${name}.${member}`),
  fc.tuple(NAME, STRING).map(([name, key]) => `$${name}['${key}']`),
  fc.tuple(NAME, fc.integer({ min: -2, max: 3 })).map(([name, index]) => `$${name}[${index}]`),
)

// Without values to start from, most references would lead nowhere.
const START = "#set($a = $input.path('$'))#set($b = [1, 'two', [3]])#set($x = 'text')#set($item = {'k' : $b, 'key' : 1.5})"

/** Templates made by the grammar, now and then with a piece that does not belong. */
export const template: fc.Arbitrary<string> = fc.letrec<{ expression: string; reference: string; block: string; statement: string }>((tie) => ({
  expression: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.integer({ min: -5, max: 2000 }).map(String),
    STRING.map((text) => `'${text}'`),
    fc.constantFrom('true', 'false', '1.5', '9223372036854775807', '[]', '{}'),
    tie('reference'),
    fc.tuple(tie('expression'), OPERATOR, tie('expression')).map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc.array(tie('expression'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([from, to]) => `[${from}..${to}]`),
    fc.tuple(tie('expression'), tie('expression')).map(([key, value]) => `{${key} : ${value}}`),
    tie('expression').map((inner) => `!(${inner})`),
    fc.tuple(NAME, METHOD, tie('expression')).map(([name, method, given]) => `$${name}.${method}(${given})`),
    tie('block').map((inner) => `"${inner.replaceAll('"', "'")}"`),
  ),
  reference: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.tuple(NAME, fc.constantFrom('$', '$!', '${', '$!{')).map(([name, open]) => `${open}${name}${open.endsWith('{') ? '}' : ''}`),
    fc.tuple(NAME, MEMBER).map(([name, member]) => `$${name}.${member}`),
    fc.tuple(NAME, METHOD, fc.array(tie('expression'), { maxLength: 2 })).map(([name, method, given]) => `$${name}.${method}(${given.join(', ')})`),
    fc.tuple(NAME, MEMBER, METHOD, tie('expression')).map(([name, member, method, given]) => `$${name}.${member}.${method}(${given})`),
    fc.tuple(tie('reference'), tie('expression')).map(([name, index]) => `${name}[${index}]`),
    STRING.map((path) => `$input.path('${path}')`),
  ),
  block: fc.array(tie('statement'), { maxLength: 5 }).map((statements) => statements.join('')),
  statement: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 20, arbitrary: TEXT },
    { weight: 1, arbitrary: BROKEN },
    { weight: 20, arbitrary: tie('reference') },
    { weight: 20, arbitrary: fc.tuple(TARGET, tie('expression')).map(([target, value]) => `#set(${target} = ${value})`) },
    { weight: 10, arbitrary: fc.tuple(tie('expression'), tie('block'), tie('block')).map(([condition, yes, no]) => `#if(${condition})${yes}#else${no}#end`) },
    { weight: 10, arbitrary: fc.tuple(NAME, tie('expression'), tie('block')).map(([name, source, body]) => `#foreach($${name} in ${source})${body}#end`) },
    { weight: 10, arbitrary: fc.tuple(NAME, tie('block')).map(([name, body]) => `#define($${name})${body}#end`) },
    { weight: 10, arbitrary: fc.tuple(NAME, tie('block'), tie('expression')).map(([name, body, given]) => `#macro(m $${name})${body}#end#m(${given})`) },
  ),
})).block.map((block) => START + block)

/** A change of one piece of a source: cut out, doubled, put elsewhere, or replaced by something that means something. */
export function mutate(source: string, changes: readonly (readonly [at: number, length: number, kind: number, piece: string])[]): string {
  let mutated = source
  for (const [place, length, kind, piece] of changes) {
    const at = Math.floor(place * mutated.length)
    const cut = mutated.slice(at, at + length)
    const rest = mutated.slice(0, at) + mutated.slice(at + length)
    if (kind === 0) mutated = rest
    else if (kind === 1) mutated = mutated.slice(0, at) + cut + mutated.slice(at)
    else if (kind === 2) mutated = rest.slice(0, length) + cut + rest.slice(length)
    else mutated = mutated.slice(0, at) + piece + mutated.slice(at + (kind === 3 ? length : 0))
  }
  return mutated
}

/** Changes for `mutate`. */
export const changes = fc.array(
  fc.tuple(
    fc.double({ min: 0, max: 0.999, noNaN: true }),
    fc.integer({ min: 0, max: 12 }),
    fc.integer({ min: 0, max: 4 }),
    fc.oneof(TEXT, BROKEN, STRING, METHOD, MEMBER, OPERATOR, fc.constantFrom('(', ')', '[', ']', '{', '}', ',', '.', '..', '#if(', '#foreach($i in ', '#set($a = ', '$input', '$context.requestOverride')),
  ),
  { minLength: 1, maxLength: 6 },
)
