import { describe, expect, test } from 'vitest'
import { compileTemplate } from '../../../../worker/semantics/templates/compile-template.ts'
import { renderTemplate } from '../../../../worker/semantics/templates/render-template.ts'
import { toScope } from './scope.ts'

const BODY = {
  s: 'Hello',
  blank: ' \t a \n',
  list: ['a', 'b', null, 1],
  map: { k: 'v', n: null },
  int: 42,
  big: 5_000_000_000,
  dec: 3.99,
  neg: -7.5,
  yes: true,
}

/** What a reference prints, with the members of the body as variables; `failed: ...` for what Java would throw. */
function print(source: string): string {
  const variables = Object.keys(BODY).map((name) => `#set($${name} = $input.path('$.${name}'))`)
  const compiled = compileTemplate(`${variables.join('')}${source}`)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
  const rendered = renderTemplate(compiled.template, toScope({ body: BODY }))
  return rendered.ok ? rendered.text : `failed: ${rendered.reason}`
}

describe('Java methods', () => {
  test.each([
    ['$s.length()', '5'],
    ["$s.isEmpty() $blank.isBlank() $s.empty $s.concat('').isEmpty()", 'false false false false'],
    ['[$blank.trim()][$blank.strip()][$blank.stripLeading()][$blank.stripTrailing()]', '[a][a][a \n][ \t a]'],
    ['$s.substring(1) $s.substring(1,3) $s.substring(5)| $s.subSequence(0,1)', 'ello el | H'],
    ["$s.indexOf('l') $s.indexOf('l',3) $s.indexOf('x') $s.lastIndexOf('l') $s.lastIndexOf('l',2)", '2 3 -1 3 2'],
    ["$s.startsWith('He') $s.startsWith('l',2) $s.endsWith('lo') $s.contains('ell') $s.contains('')", 'true true true true true'],
    ["$s.equals('Hello') $s.equals(1) $s.equalsIgnoreCase('HELLO') $s.equalsIgnoreCase($none)", 'true false true false'],
    ["$s.compareTo('Help') $s.compareTo('Hello!') $s.compareToIgnoreCase('hELLO')", '-4 -1 0'],
    ["$s.replace('l','L') $s.replace('x','y') $s.replaceAll('l+','L') $s.replaceFirst('l','L')", 'HeLLo Hello HeLo HeLlo'],
    ["$s.replaceAll('(.)l(.)','$2-$1') $s.replaceAll('(?<a>H)','${a}${a}') $s.replaceAll('e','\\$')", 'Hl-eo HHello H$llo'],
    ["$s.replace('l','$1')", 'He$1$1o'],
    ["$s.matches('H.*') $s.matches('H') $s.matches('(?i)hello') $s.matches('h|Hello')", 'true false true true'],
    ["$s.split('l') $s.split('').size() $s.split('x') $s.split('l',2)", '[He, , o] 5 [Hello] [He, lo]'],
    ["$s.charAt(0)$s.charAt(4) $s.repeat(2) $s.repeat(0)| $s.toUpperCase() $s.toLowerCase()", 'Ho HelloHello | HELLO hello'],
    ["$s.join('-', $list) $s.join('-', 'a', 'b')", 'a-b-null-1 a-b'],
    ["$s.valueOf(5) $s.valueOf(true) $s.toString() $s.hashCode()", '5 true Hello 69609650'],
    ["$s.format('%s|%5s|%-5s|%.2s|%S', 'ab', 'ab', 'ab', 'abc', 'ab')", 'ab|   ab|ab   |ab|AB'],
    ["$s.format('%d|%05d|%+d|%,d|%(d|% d|%x|%X|%o', 42, 42, 42, 1234567, -5, 5, 255, 255, 8)", '42|00042|+42|1,234,567|(5)| 5|ff|FF|10'],
    ["$s.format('%.2f|%8.1f|%e|%b|%c|%n|%%|%2$s', 1.005, 2.25, 12345.678, $none, 'x')", '1.00|     2.3|1.234568e+04|false|x|\n|%|2.25'],
    ["$s.format('%x', -1)", 'ffffffff'],
    ['$int.intValue() $int.longValue() $int.doubleValue() $int.floatValue() $int.toString()', '42 42 42.0 42.0 42'],
    ['$big.intValue() $big.longValue() $dec.intValue() $neg.intValue() $neg.longValue()', '705032704 5000000000 3 -7 -7'],
    ['$int.equals(42) $int.equals(42.0) $dec.equals(3.99) $int.compareTo(41) $int.compare(1,2) $int.hashCode() $big.hashCode()', 'true false true 1 -1 42 705032705'],
    ["$int.parseInt('7') $int.valueOf('8') $dec.valueOf('9') $dec.parseDouble('1e3') $int.max(1,2) $int.min(1,2) $int.toHexString(255)", '7 8 9.0 1000.0 2 1 ff'],
    ["$yes.toString() $yes.equals(true) $yes.booleanValue() $yes.parseBoolean('TRUE') $yes.compareTo(false) $yes.hashCode()", 'true true true true 1 1231'],
    ["$list.size() $list.get(0) $list.contains('b') $list.contains($null) $list.contains(1) $list.indexOf('b') $list.indexOf('z')", '4 a true true true 1 -1'],
    ["$list.add('c')$list.add(0,'z')$list.remove(1)$list.remove('b')$list.set(0,'y')$list", 'trueatruez["y",null,1,"c"]'],
    ["$list.addAll([1,2])$list.addAll([]) $list.containsAll(['a','b']) $list.subList(1,2) $list.empty $list.isEmpty()$list.clear()$list.isEmpty()", 'truefalse true [b] false falsetrue'],
    ["$list.toString() $list.equals(['a','b',$none,1]) $list[-1] $list[0]", '["a","b",null,1] true 1 a'],
    ["$map.size() $map.get('k') $map.k $map['k'] $map.containsKey('n') $map.containsKey('z') $map.containsValue('v') $map.isEmpty()", '2 v v v true false true false'],
    ["[$map.put('a',1)][$map.put('a',2)][$map.putIfAbsent('a',3)][$map.putIfAbsent('b',4)]$map", '[][1][2][]{k=v, n=null, a=2, b=4}'],
    ["$map.remove('k')$map.remove('z')$map.getOrDefault('z','d')$map.keySet()$map.values()$map.entrySet()$map.clear()$map", 'vd[n][null][n=null]{}'],
    ["#foreach($e in $map.entrySet())$e.key $e.value $e.getKey() $e.getValue() $e,#end", 'k v k v k=v,n  n  n=null,'],
    ["$map.putAll({'x':1})$map.equals({'k':'v','n':$none,'x':1})", 'true'],
  ])('%s', (source, text) => {
    expect(print(source)).toBe(text)
  })

  test.each([
    ['$s.substring(6)', 'String index out of range: begin 6, end 5, length 5.'],
    ['$s.substring(3,2)', 'String index out of range: begin 3, end 2, length 5.'],
    ['$s.substring(-1)', 'String index out of range: begin -1, end 5, length 5.'],
    ['$s.charAt(5)', 'String index out of range: 5, length 5.'],
    ['$s.repeat(-1)', 'A text cannot be repeated -1 times.'],
    ["$s.matches('[')", 'The pattern "[" cannot be used: '],
    ["$s.replaceAll('l','$1')", 'The pattern has no group 1.'],
    ["$s.replaceAll('l','${b}')", 'The pattern has no group called b.'],
    ["$s.replaceAll('l','$')", 'The replacement "$" has a "$" that refers to nothing.'],
    ["$s.replaceAll('l','\\')", 'The replacement "\\\\" has a "\\" that refers to nothing.'],
    ["$s.format('%d', 'x')", '%d cannot format "x".'],
    ["$s.format('%d', 1.5)", '%d cannot format a decimal.'],
    ["$s.format('%f', 1)", '%f cannot format an integer.'],
    ["$s.format('%s')", 'The format "%s" has no argument for %s.'],
    ["$int.parseInt('1.5')", '"1.5" cannot be read as an integer.'],
    ['$int.parseInt($none)', 'Nothing cannot be read as an integer.'],
    ["$dec.parseDouble('x')", '"x" cannot be read as a number.'],
    ['$list.get(4)', 'Index 4 out of bounds for length 4.'],
    ['$list.get(-1)', 'Index -1 out of bounds for length 4.'],
    ['$list[4]', 'Index 4 out of bounds for length 4.'],
    ['$list[-5]', 'Index -1 out of bounds for length 4.'],
    ["#set($list[9] = 'x')", 'Index 9 out of bounds for length 4.'],
    ["$list.set(4,'x')", 'Index 4 out of bounds for length 4.'],
    ['$list.remove(4)', 'Index 4 out of bounds for length 4.'],
    ["$list.add(5,'x')", 'Index 5 out of bounds for length 4.'],
    ['$list.subList(2,9)', 'Range 2 to 9 out of bounds for length 4.'],
  ])('what Java throws fails: %s', (source, reason) => {
    expect(print(source)).toContain(`failed: ${reason}`)
  })

  test.each([
    '$s.getBytes()', '$s.getClass()', '$s.class', '$s.chars()', '$s.intern()', '$s.length', '$s.size()', '$s.substring("1")', '$s.contains(1)', '$s.replace("a")', '$s.charAt("0")',
    '$s.constructor', '$s.constructor("x")', '$s.__proto__', '$s.prototype', '$s.toString.call()', '$s.at(0)', '$s.big()', '$s.link("x")',
    '$int.class', '$int.toFixed(2)', '$int.constructor', '$int.compareTo("x")', '$yes.class', '$yes.constructor("return this")',
    '$list.length', '$list.map("x")', '$list.constructor', '$list.iterator()', '$list.stream()', '$list.get("0")', '$list.class', '$list.items', '$list.printsAs',
    '$map.getClass()', '$map.forEach("x")', '$map.constructor', '$map.__proto__', '$map.entries', '$map.rules', '$map.type',
    '$input.class', '$input.call("x")', '$input.constructor', '$util.constructor', '$util.property("x")', '$util.escapeJavaScript', '$context.constructor', '$stageVariables.__proto__',
    '$none.anything.at.all()', '$none[0]', '$none["x"].y',
  ])('nothing is there: %s', (source) => {
    expect(print(source)).toBe('')
  })
})
