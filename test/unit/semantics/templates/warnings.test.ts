import { describe, expect, test } from 'vitest'
import { findTemplateWarnings } from '../../../../worker/semantics/templates/find-template-warnings.ts'

/** Warnings as `line:column reference`, without the advice. */
function warningsOf(source: string): string[] {
  return findTemplateWarnings(source).map(({ line, column, message }) => `${line}:${column} ${message.replace(/^(\S+(?:\('[^']*'\))?).*? (ends?|is not escaped|is not encoded|is written outside|writes quotes).*$/, '$1 $2')}`)
}

const DANGEROUS: readonly (readonly [name: string, source: string, warnings: readonly string[]])[] = [
  ['a value in a string', `{"a": "$input.path('$.a')"}`, ["1:8 $input.path('$.a') is not escaped"]],
  ['a parameter in a string', `{\n "a": "$input.params('a')"}`, ["2:8 $input.params('a') is not escaped"]],
  ['the body in a string', '{"a": "$input.body"}', ['1:8 $input.body is not escaped']],
  ['a value outside of a string', `{"a": $input.path('$.a')}`, ["1:7 $input.path('$.a') is written outside"]],
  ['JSON in a string', `{"a": "$input.json('$.a')"}`, ["1:8 $input.json('$.a') writes quotes"]],
  ['through a variable', `#set($x = $input.path('$.a'))\n{"a": "$x.b"}`, ['2:8 $x.b is not escaped']],
  ['through two variables, the later first', '{"a": "$y"}#set($y = $x)#set($x = $input.body)', ['1:8 $y is not escaped']],
  ['through a loop', `["#foreach($i in $input.path('$'))$i#end"]`, ['1:35 $i is not escaped']],
  ['the names of parameters', '{#foreach($n in $input.params().keySet())"$n":1#end}', ['1:43 $n is not escaped']],
  ['through interpolation', '#set($x = "a $input.body b"){"a":"$x"}', ['1:35 $x is not escaped']],
  ['through joining', "#set($x = 'a' + $input.body){\"a\":\"$x\"}", ['1:35 $x is not escaped']],
  ['through a map', `#set($m = {})$!m.put('k', $input.body){"a":"$m.k"}`, ['1:45 $m.k is not escaped']],
  ['through a member of a map', `#set($m = {})#set($m.k = $input.body){"a":"$m.k"}`, ['1:44 $m.k is not escaped']],
  ['through a macro', '#macro(row $v)"$v"#end{"a": #row($input.body)}', ['1:16 $v is not escaped']],
  ['decoded again', `{"a": "$util.urlDecode($util.urlEncode($input.body))$util.base64Decode($input.body)"}`, ['1:53 $util.base64Decode($input.body) is not escaped']],
  ['the user agent', '{"a": "$context.identity.userAgent"}', ['1:8 $context.identity.userAgent is not escaped']],
  ['a form', 'Action=SendMessage&MessageBody=$input.body', ['1:32 $input.body is not encoded']],
  ['in a branch', `{"a": "#if(true)$input.body#else$input.params('x')#end"}`, ['1:17 $input.body is not escaped', "1:33 $input.params('x') is not escaped"]],
]

const HARMLESS: readonly (readonly [name: string, source: string])[] = [
  ['JSON outside of a string', `{"a": $input.json('$.a')}`],
  ['an escaped value', `{"a": "$util.escapeJavaScript($input.path('$.a')).replaceAll("\\\\'","'")"}`],
  ['an escaped variable', `#set($x = $util.escapeJavaScript($input.json('$'))){"a": "$x"}`],
  ['a number made of a value', `{"a": $input.path('$.a').size(), "b": "$input.body.length()"}`],
  ['a comparison', `#set($x = $input.path('$.a') == 1){"a": "$x"}`],
  ['what the gateway knows', '{"a": "$context.requestId", "b": "$stageVariables.x", "c": "$foreach.index"}'],
  ['a form that is encoded', 'Action=SendMessage&MessageBody=$util.urlEncode($input.body)'],
  ['plain text', 'Hello $input.body'],
  ['an escaped reference', `#set($input.x = 1){"a": "\\$input.body"}`],
  ['an override', `#set($context.responseOverride.header.X = $input.params('x')){"a": "$context.stage"}`],
  ['a template that does not parse', '{"a": "$input.body" #if}'],
  ['nothing', ''],
]

describe('warnings of a template', () => {
  test.each(DANGEROUS)('%s', (_, source, warnings) => {
    expect(warningsOf(source)).toEqual(warnings)
  })

  test.each(HARMLESS)('none for %s', (_, source) => {
    expect(warningsOf(source)).toEqual([])
  })

  test('say what to write instead', () => {
    expect(findTemplateWarnings('{"a": "$input.body"}').map(({ message }) => message)).toEqual([
      '$input.body is not escaped: a client can end the string and add members. Write $util.escapeJavaScript(...) around it, or use $input.json(...) without quotes.',
    ])
  })
})
