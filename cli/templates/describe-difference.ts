/** Lines around the first and the last that differ; what is alike before and after is left out but for a line of each. */
export function describeDifference(expected: string, received: string): string[] {
  const [wanted, got] = [expected.split('\n'), received.split('\n')]
  let start = 0
  while (start < wanted.length && start < got.length && wanted[start] === got[start]) start += 1
  let same = 0
  while (same < Math.min(wanted.length, got.length) - start && wanted.at(-1 - same) === got.at(-1 - same)) same += 1
  const before = start > 0 ? [`  ${show(wanted[start - 1])}`] : []
  const after = same > 0 ? [`  ${show(wanted[wanted.length - same])}`] : []
  const gone = wanted.slice(start, wanted.length - same).map((line) => `- ${show(line)}`)
  const come = got.slice(start, got.length - same).map((line) => `+ ${show(line)}`)
  return [...(start > 1 ? [`  ... line ${start}`] : []), ...before, ...gone, ...come, ...after]
}

/** A line with blanks at its end and control characters made visible: they are what golden files mostly fail on. */
function show(line = ''): string {
  return line.replaceAll('\r', '\\r').replaceAll('\t', '\\t').replace(/ +$/u, (blanks) => '·'.repeat(blanks.length))
}
