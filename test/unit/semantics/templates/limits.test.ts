import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../../worker/semantics/templates/compile-template.ts'
import { TEMPLATE_LIMITS, type TemplateLimits } from '../../../../worker/semantics/templates/limits.ts'
import { type RenderedTemplate, renderTemplate } from '../../../../worker/semantics/templates/render-template.ts'
import { toScope } from './scope.ts'

function render(source: string, scope: unknown = {}, limits: Partial<TemplateLimits> = {}): RenderedTemplate {
  const compiled = compileTemplate(source)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  return renderTemplate(compiled.template, toScope(scope), { ...TEMPLATE_LIMITS, ...limits })
}

/** The text that came out, or the reason why none did. */
function outcome(rendered: RenderedTemplate): string {
  return rendered.ok ? rendered.text : `failed: ${rendered.reason}`
}

describe('what a template may cost', () => {
  const small = { stepsMax: 1000, textCharsMax: 100, foreachRoundsMax: 5, macroDepthMax: 3 }
  const tooLong = 'failed: A text grew longer than 100 characters.'
  const tooMuch = 'failed: The template takes more than 1000 steps.'
  const rows: readonly (readonly [name: string, source: string, outcome: string])[] = [
    ['as many rounds as allowed', '#foreach($i in [1..5])$i#end', '12345'],
    ['one round too many', '#foreach($i in [1..6])$i#end', 'failed: #foreach goes on for more than 5 rounds.'],
    ['a break before the round too many', '#foreach($i in [1..6])#if($i == 5)#break#end$i#end', '1234'],
    ['loops in loops', '#foreach($a in [1..5])#foreach($b in [1..5])#foreach($c in [1..5])#foreach($d in [1..5])$none#end#end#end#end', tooMuch],
    ['a range without end', '#set($r = [1..2000000000])', tooMuch],
    ['an output too long', 'x'.repeat(101), 'failed: The output grew longer than 100 characters.'],
    ['text that doubles', '#set($s = "ab")#foreach($i in [1..5])#set($s = "$s$s$s")#end$s', 'failed: The output grew longer than 100 characters.'],
    ['text that doubles by +', '#set($s = "abcd")#foreach($i in [1..5])#set($s = $s + $s)#end', tooLong],
    ['text that doubles by concat', '#set($s = "abcd")#foreach($i in [1..5])#set($s = $s.concat($s))#end', tooLong],
    ['repeat', "#set($s = 'ab')$s.repeat(51)", tooLong],
    ['repeat of nothing', "#set($s = '')[$s.repeat(2000000000)]", '[]'],
    ['replace', "#set($s = 'aaaaaaaaaa')$s.replace('a', 'bbbbbbbbbbb')", tooLong],
    ['replace of nothing', "#set($s = 'aaaaaaaaaa')$s.replace('', 'bbbbbbbbbbb')", tooLong],
    ['replaceAll', "#set($s = 'aaaaaaaaaa')$s.replaceAll('', 'bbbbbbbbbbb')", tooLong],
    ['join', "#set($s = '')$s.join('xxxxxxxxxxxxxxxxxxxx', [1,2,3,4,5,6])", tooLong],
    ['format', "#set($s = '')$s.format('%99999d', 1)", tooLong],
    ['urlEncode', "$util.urlEncode('ééééééééééééééééééééééééééééééééééééééé')", tooLong],
    ['escapeJavaScript', "$util.escapeJavaScript('ééééééééééééééééééééééééééééééééééééééé')", tooLong],
    ['a list inside itself', '#set($l = [1])#set($ok = $l.add($l))$l', 'failed: A value that contains itself, or nests too deeply, cannot be printed.'],
    ['a map inside itself', '#set($m = {})#set($m.m = $m)$m', 'failed: A value that contains itself, or nests too deeply, cannot be printed.'],
    ['a list that doubles when printed', '#set($l = [1,1])#foreach($i in [1..5])#set($l = [$l,$l,$l])#end$l', tooLong],
    ['a macro that calls itself', '#macro(f)#f()#end#f()', 'failed: Macros call one another deeper than 3 levels.'],
    ['two macros that call each other', '#macro(f)#g()#end#macro(g)#f()#end#f()', 'failed: Macros call one another deeper than 3 levels.'],
    ['a block that prints itself', '#define($b)x$b#end$b', 'failed: Macros call one another deeper than 3 levels.'],
    ['macros that multiply', '#macro(f $x)$x$x$x$x$x$x$x$x#end#macro(g $x)#f($x)#f($x)#f($x)#end#g("#f(\'\')#f(\'\')#f(\'\')#f(\'\')#f(\'\')")', tooMuch],
    ['descendants of descendants', "$input.path('$..*..*..*..*..*..*..*')", tooMuch],
  ]

  test.each(rows)('%s', (_, source, wanted) => {
    expect(outcome(render(source, { body: { a: [[1, [2, [3, [4, [5, [6, [7, [8]]]]]]]], { b: [{ c: [4] }] }] } }, small))).toBe(wanted)
  })

  test('a failure names the place in the template', () => {
    expect(render('ab\n  $input.path("$").get(5)', { body: '[]' })).toMatchObject({ ok: false, line: 2, column: 19 })
  })

  test('a product of huge integers stays bounded', () => {
    const rendered = render("#set($n = 10)#foreach($i in [1..200])#set($n = $n * $n)#end#set($s = \"$n\")$s.length()")
    expect(Number(outcome(rendered))).toBeLessThan(1300)
  })
})

describe('hostile bodies', () => {
  const template = "$input.json('$')|$input.path('$.a')|$input.path('$..a')|$util.parseJson($input.body)"
  const rows: readonly (readonly [name: string, body: string, text: string])[] = [
    ['a megabyte of open brackets', '['.repeat(1_000_000), '""|||'],
    ['a megabyte of lists in lists', '['.repeat(500_000) + ']'.repeat(500_000), '""|||'],
    ['a megabyte of maps in maps', '{"a":'.repeat(200_000), '""|||'],
    ['a key called __proto__', '{"__proto__":{"a":1}}', '{"__proto__":{"a":1}}||[1]|{__proto__={a=1}}'],
    ['keys of Object', '{"constructor":{"prototype":{"a":1}},"toString":2}', '{"constructor":{"prototype":{"a":1}},"toString":2}||[1]|{constructor={prototype={a=1}}, toString=2}'],
    ['a key twice', '{"a":1,"b":2,"a":3}', '{"a":3,"b":2}|3|[3]|{a=3, b=2}'],
    ['a raw NUL', '{"a":"\u0000"}', '{"a":"\\u0000"}|\u0000|["\\u0000"]|'],
    ['an escaped NUL', '{"a":"\\u0000"}', '{"a":"\\u0000"}|\u0000|["\\u0000"]|{a=\u0000}'],
    ['half a surrogate pair', '{"a":"\\ud800"}', '{"a":"\ud800"}|\ud800|["\ud800"]|{a=\ud800}'],
    ['a byte order mark', '\ufeff{"a":1}', '{"a":1}|1|[1]|'],
    ['a number with a leading zero', '{"a":01}', '{"a":"01"}|01|["01"]|'],
    ['a number without end', `{"a":${'9'.repeat(100_000)}}`, '{"a":null}|Infinity|[null]|{a=Infinity}'],
    ['more after the end', '{"a":1} x', '{"a":1}|1|[1]|'],
    ['a comma too many', '{"a":1,}', '{"a":1}|1|[1]|'],
    ['a bare word', 'nul', '"nul"||[]|'],
    ['NaN', '{"a":NaN}', '{"a":"NaN"}|NaN|["NaN"]|'],
    ['text alone', '"text"', '"text"||[]|text'],
    ['null', 'null', 'null||[]|'],
    ['single quotes and bare names', "{a: 'it\\'s', b : [x y, true,, 'z',], 'c': {}}", `{"a":"it's","b":["x y",true,"z"],"c":{}}|it's|["it's"]|`],
    ['a form', 'a=1&b=%20', '"a=1&b=%20"||[]|'],
    ['blanks', ' \n ', '""|||'],
    ['an object that is not closed', '{"a":1', '""|||'],
    ['a list that is not closed', '[1, 2', '""|||'],
    ['a string that is not closed', '{"a":"b}', '""|||'],
    ['a name without a value', '{"a"}', '""|||'],
    ['two values without a comma', '{"a":"b" "c":1}', '""|||'],
    ['a closing bracket', ']', '""|||'],
    ['minus zero', '{"a":-0}', '{"a":0}|0|[0]|{a=0}'],
  ]

  test.each(rows)('%s', (_, body, text) => {
    expect(outcome(render(template, { body }))).toBe(text)
  })

  test.each([
    ['quotes', `"${'a'.repeat(9_000_000)}`],
    ['escapes', `"${'\\\\'.repeat(4_000_000)}`],
    ['an open list of texts', `['${"a','".repeat(2_000_000)}`],
    ['bare words', 'a '.repeat(4_000_000)],
    ['blanks', ' '.repeat(9_000_000)],
    ['commas', `[${','.repeat(9_000_000)}`],
    ['a name', `{${'a'.repeat(9_000_000)}`],
    ['line ends', `{"a":"${'\n'.repeat(9_000_000)}`],
  ])('a body of nine megabytes of %s is no trouble', (_, body) => {
    const rendered = render("$input.path('$.a')", { body })
    expect(rendered).toMatchObject({ ok: true, text: '' })
  })

  test.each([
    ['trim', "$input.body.trim().length()", `${' '.repeat(2_000_000)}x${' '.repeat(4_000_000)}x `, '4000002'],
    ['urlDecode', "$util.urlDecode($input.body).length()", '%C3%A9'.repeat(1_000_000), '1000000'],
    ['urlEncode', "$util.urlEncode($input.body).length()", 'é'.repeat(1_000_000), '6000000'],
    ['base64', "$util.base64Decode($util.base64Encode($input.body)).length()", 'é'.repeat(2_000_000), '2000000'],
    ['escapeJavaScript', "$util.escapeJavaScript($input.body).length()", "'".repeat(4_000_000), '8000000'],
    ['replace', "$input.body.replace('a', 'bb').length()", 'a'.repeat(4_000_000), '8000000'],
    ['split', "$input.body.split(',', 2).size()", ','.repeat(8_000_000), '2'],
    ['a path out of the body', '$input.path($input.body)', `$${'.a'.repeat(100_000)}`, /longer than 10000 characters/],
  ])('megabytes are no trouble for %s', (_, source, body, text) => {
    expect(outcome(render(source, { body }))).toMatch(text)
  })

  test('a body of the greatest depth is read, printed and searched', () => {
    const body = `${'{"a":['.repeat(200)}${']}'.repeat(200)}`
    expect(outcome(render("$input.json('$')", { body }))).toBe(body)
    expect(render("$input.path('$..a')#set($x = $input.path('$'))$x", { body }).ok).toBe(true)
  })
})
