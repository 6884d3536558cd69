import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../../worker/semantics/templates/compile-template.ts'
import { TEMPLATE_LIMITS } from '../../../../worker/semantics/templates/limits.ts'

/** What is wrong with a template, as `line:column message`; the empty text when nothing is. */
function problemsOf(source: string, limits = TEMPLATE_LIMITS): string {
  const compiled = compileTemplate(source, limits)
  return compiled.ok ? '' : compiled.problems.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n')
}

const REFUSED: readonly (readonly [name: string, source: string, problem: string])[] = [
  ['an #if without #end', 'a\n  #if(true)\nb', '2:3 #if has no #end.'],
  ['an #else without #end', '#if(true)a\n#else b', '2:1 #else has no #end.'],
  ['an #elseif without #end', '#if(true)a\n#elseif(false) b', '2:1 #elseif has no #end.'],
  ['a #foreach without #end', '\n\n#foreach($x in $y)', '3:1 #foreach has no #end.'],
  ['a #macro without #end', '#macro(m $x)', '1:1 #macro has no #end.'],
  ['a #define without #end', '#define($x)', '1:1 #define has no #end.'],
  ['an #end too many', 'a #end', '1:3 #end has no opening directive.'],
  ['an #else outside #if', '#else', '1:1 #else has no opening directive.'],
  ['an #else inside #foreach', '#foreach($x in $y)\n #else #end', '2:2 #else cannot stand inside #foreach.'],
  ['an #elseif after #else', '#if(true)#else#elseif(true)#end', '1:15 #elseif cannot stand inside #else.'],
  ['an #if without brackets', '#if $x', '1:5 Expected "(" after #if, found "$".'],
  ['an empty condition', '#if()#end', '1:5 Expected a value (a reference, string, number, true, false, list or map), found ")".'],
  ['a condition that is not closed', '#if($x == 1 y', '1:13 Expected ")" to close #if, found "y".'],
  ['a bare word in a condition', '#if($x == yes)#end', '1:11 Expected a value (a reference, string, number, true, false, list or map), found "yes".'],
  ['an assignment in a condition', '#if($x = 1)#end', '1:8 Expected ")" to close #if, found "=".'],
  ['an operator without its right side', '#if($x ==)#end', '1:10 Expected a value (a reference, string, number, true, false, list or map), found ")".'],
  ['a #set without a reference', '#set(x = 1)', '1:6 Expected a reference such as $name to set.'],
  ['a #set without a value', '#set($x =)', '1:10 Expected a value (a reference, string, number, true, false, list or map), found ")".'],
  ['a #set without =', '#set($x 1)', '1:9 Expected "=" after what #set sets, found "1".'],
  ['a #set of a call', '#set($x.y() = 1)', '1:6 A method call cannot be set.'],
  ['a #set that is not closed', '#set($x = 1', '1:12 Expected ")" to close #set, found the end of the template.'],
  ['a #foreach over nothing', '#foreach($x)#end', '1:12 Expected "in" after the variable of #foreach.'],
  ['a #foreach with a path for a variable', '#foreach($x.y in $z)#end', '1:10 #foreach needs a plain variable such as $name here.'],
  ['a #macro without a name', '#macro($x)#end', '1:8 #macro needs a name.'],
  ['a #macro called as a directive', '#macro(if)#end', '1:8 A macro cannot be called if: that is a directive.'],
  ['a #macro with a parameter twice', '#macro(m $a $a)#end', '1:15 #macro m has two parameters called $a.'],
  ['a macro call that is not closed', '#macro(m $a)$a#end\n#m(1', '2:5 Expected a value (a reference, string, number, true, false, list or map), found the end of the template.'],
  ['a macro with a body', '#@m() x #end', '1:1 #@m: a macro with a body is not available; write #define and pass the reference.'],
  ['#parse', 'x\n#parse("a.vm")', '2:1 #parse is not available in mapping templates.'],
  ['#include', '#include("a")', '1:1 #include is not available in mapping templates.'],
  ['#evaluate', '#evaluate($x)', '1:1 #evaluate is not available in mapping templates.'],
  ['a formal reference that is not closed', '${x', '1:4 Expected "}" to close the reference, found the end of the template.'],
  ['a formal reference with more than a reference', '${x y}', '1:4 Expected "}" to close the reference, found " ".'],
  ['a call that is not closed', '$x.y(1', '1:7 Expected "," or ")" after a value, found the end of the template.'],
  ['a call without an argument after a comma', '$x.y(1,)', '1:8 Expected a value (a reference, string, number, true, false, list or map), found ")".'],
  ['an index that is not closed', '$x[0', '1:5 Expected "]" to close the index, found the end of the template.'],
  ['an index without a value', '$x[]', '1:4 Expected a value (a reference, string, number, true, false, list or map), found "]".'],
  ['a string that is not closed', "#set($x = 'abc)\n", '1:11 The string that starts here has no closing single quote.'],
  ['a double-quoted string that is not closed', '$x.y("abc)', '1:6 The string that starts here has no closing double quote.'],
  ['a list that is not closed', '#set($x = [1, 2)', '1:16 Expected "," or "]" after a value, found ")".'],
  ['a range that is not closed', '#set($x = [1..2)', '1:16 Expected "]" to close the range, found ")".'],
  ['a map without a colon', "#set($x = {'a' 1})", '1:16 Expected ":" after the key of the map, found "1".'],
  ['a map without a comma', "#set($x = {'a':1 'b':2})", '1:18 Expected "," or "}" after a value of the map, found "\'".'],
  ['a dollar without a name in an expression', '#if($ == 1)#end', '1:5 Expected a name after "$".'],
  ['a comment that is not closed', 'a\r\n#* b', '2:1 The comment that starts here has no "*#".'],
  ['an unparsed block that is not closed', 'a\r#[[ b', '2:1 The unparsed block that starts here has no "]]#".'],
  ['an error inside an interpolated string', '#set($x = "a\n#if($y b")', '2:8 Expected ")" to close #if, found "b".'],
]

const ACCEPTED: readonly (readonly [name: string, source: string])[] = [
  ['nothing', ''],
  ['JSON with dollars and hashes', '{"price": "$5", "color": "#fff", "ref": "#/definitions/x", "$schema": "x", "a": "${}"}'],
  ['a #set without a bracket, which is text', '#set $x = 1'],
  ['arguments over several lines', '$x.y(\n 1,\n 2\n)'],
  ['directives in braces', '#{if}(true)a#{else}b#{end}'],
  ['arithmetic in arguments', '$x.get($i + 1)[$i - 1]'],
  ['brackets around everything', '#if(((($a) && ($b))))#end'],
  ['a map over several lines', "#set($m = {\n 'a' : 1 ,\n 'b' : [ ]\n})"],
]

describe('syntax errors', () => {
  test.each(REFUSED)('%s', (_, source, problem) => {
    expect(problemsOf(source)).toBe(problem)
  })

  test.each(ACCEPTED)('accepted: %s', (_, source) => {
    expect(problemsOf(source)).toBe('')
  })
})

describe('limits of the source', () => {
  test('a template of as many bytes as allowed compiles, one more does not', () => {
    const limits = { ...TEMPLATE_LIMITS, templateBytesMax: 4 }
    expect(problemsOf('éé', limits)).toBe('')
    expect(problemsOf('ééx', limits)).toBe('1:1 The template is larger than 4 bytes.')
  })

  test.each([
    ['blocks', '', '#if(true)', 'Nested deeper than 100 levels.'],
    ['brackets', '#if(', '(', 'Nested deeper than 100 levels.'],
    ['lists', '#set($x = ', '[', 'Nested deeper than 100 levels.'],
    ['maps', '#set($x = ', '{1:', 'Nested deeper than 100 levels.'],
    ['calls', '', '$x.y(', 'Nested deeper than 100 levels.'],
    ['indexes', '', '$x[', 'Nested deeper than 100 levels.'],
    ['negations', '#if(', '!', 'Nested deeper than 100 levels.'],
    ['operators', '#set($x = 1', '+1', 'More than 1000 operators in a row.'],
    ['steps', '$x', '.y', 'More than 1000 steps in a row.'],
    ['macros', '', '#macro(a)', 'Nested deeper than 100 levels.'],
  ])('%s without end are refused', (_, start, repeated, message) => {
    const problem = problemsOf(start + repeated.repeat(30_000))
    expect(problem.replace(/^[0-9]+:[0-9]+ /, '')).toBe(message)
  })
})
