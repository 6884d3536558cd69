import type { JavaObject, JavaValue } from './java-values.ts'
import type { Loop } from './runtime.ts'

/** How a variable that every `#foreach` sets is read; null for any other name. */
export function readLoop(name: string): ((loop: Loop) => JavaValue) | null {
  switch (name) {
    case 'foreach':
      return toLoopObject
    case 'velocityCount':
      return (loop) => loop.index + 1
    case 'velocityHasNext':
      return (loop) => loop.index + 1 < loop.size
    default:
      return null
  }
}

function toLoopObject(loop: Loop): JavaObject {
  return {
    type: 'object',
    property: (name) => readMember(loop, name),
    call: (name) => {
      if (name === 'stop') loop.isStopped = true
      const getter = /^(?:get|is)([A-Z].*)$/.exec(name)?.[1]
      if (getter !== undefined) return readMember(loop, getter.charAt(0).toLowerCase() + getter.slice(1))
      return name === 'hasNext' ? readMember(loop, name) : null
    },
  }
}

function readMember(loop: Loop, name: string): JavaValue {
  switch (name) {
    case 'index':
      return loop.index
    case 'count':
      return loop.index + 1
    case 'hasNext':
      return loop.index + 1 < loop.size
    case 'first':
      return loop.index === 0
    case 'last':
      return loop.index + 1 === loop.size
    case 'parent':
      return loop.parent === null ? null : toLoopObject(loop.parent)
    case 'topmost':
      return toLoopObject(topmost(loop))
    case 'depth':
      return depthOf(loop)
    case 'stop':
      // Velocity finds no getter, but stop() as a property is how `$foreach.stop` is often written.
      loop.isStopped = true
      return null
    default:
      return null
  }
}

function topmost(loop: Loop): Loop {
  return loop.parent === null ? loop : topmost(loop.parent)
}

function depthOf(loop: Loop): number {
  return loop.parent === null ? 1 : depthOf(loop.parent) + 1
}
