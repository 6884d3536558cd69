import type { CanaryRule, RampRule } from '../../kv-schemas/rule-files/stage.ts'
import type { Call, OptionSpec } from '../command.ts'

/** The options that say what a canary shall be. */
export const CANARY_OPTIONS: readonly OptionSpec[] = [
  { name: 'percent', value: 'N', summary: 'its share of the traffic, 0 to 100' },
  { name: 'ramp', value: 'STEPS', summary: 'grow by itself: 5:10m,25:30m,50:1h is 5 % for 10 minutes, and so on' },
  { name: 'then-promote', value: null, summary: 'after the last step of the ramp, promote' },
  { name: 'variable', value: 'NAME=VALUE', summary: 'a stage variable of the canary, over that of the stage', isRepeatable: true },
  { name: 'use-stage-cache', value: null, summary: 'let the canary use the cache of the stage' },
]

/** The options that only a start takes: who is in, is decided then. */
export const STICKINESS_OPTION: OptionSpec = { name: 'sticky', value: 'BY', summary: 'keep a caller on one side: api-key, source-ip, header:NAME or cookie:NAME' }

/** What the options say; undefined where they say nothing. */
export interface CanaryWish {
  readonly percentTraffic: number | undefined
  readonly ramp: RampRule | undefined
  readonly stageVariableOverrides: Readonly<Record<string, string>> | undefined
  readonly useStageCache: boolean | undefined
  readonly stickiness: CanaryRule['stickiness']
}

/** Reads the options of a canary; a message when one makes no sense. The gateway checks the values. */
export function readCanaryWish(call: Call): CanaryWish | string {
  const percent = call.text('percent')
  if (percent !== null && (percent.trim() === '' || Number.isNaN(Number(percent)))) return `--percent takes a number from 0 to 100, not ${JSON.stringify(percent)}`
  const ramp = readRamp(call)
  if (typeof ramp === 'string') return ramp
  const overrides = readVariables(call)
  if (typeof overrides === 'string') return overrides
  const stickiness = readStickiness(call.text('sticky'))
  if (typeof stickiness === 'string') return stickiness
  return {
    percentTraffic: percent === null ? undefined : Number(percent),
    ramp,
    stageVariableOverrides: overrides,
    useStageCache: call.flag('use-stage-cache') ? true : undefined,
    stickiness,
  }
}

const SECONDS = { s: 1, m: 60, h: 3_600, d: 86_400 } as const

function readRamp(call: Call): RampRule | undefined | string {
  const text = call.text('ramp')
  if (text === null) return call.flag('then-promote') ? '--then-promote needs a --ramp' : undefined
  const steps: { percentTraffic: number; dwellSeconds: number }[] = []
  for (const step of text.split(',')) {
    const [, percent = '', amount = '', unit = ''] = /^(\d+(?:\.\d+)?):(\d+)([smhd])$/u.exec(step.trim()) ?? []
    if (percent === '') return `--ramp takes steps such as 5:10m,25:30m, not ${JSON.stringify(step)}`
    steps.push({ percentTraffic: Number(percent), dwellSeconds: Number(amount) * SECONDS[unit as keyof typeof SECONDS] })
  }
  return { steps, promote: call.flag('then-promote') }
}

function readVariables(call: Call): Readonly<Record<string, string>> | undefined | string {
  const given = call.texts('variable')
  if (given.length === 0) return undefined
  const variables: Record<string, string> = {}
  for (const assignment of given) {
    const at = assignment.indexOf('=')
    if (at < 1) return `--variable takes NAME=VALUE, not ${assignment}`
    variables[assignment.slice(0, at)] = assignment.slice(at + 1)
  }
  return variables
}

function readStickiness(text: string | null): CanaryRule['stickiness'] | string {
  if (text === null) return undefined
  if (text === 'api-key') return { type: 'API_KEY' }
  if (text === 'source-ip') return { type: 'SOURCE_IP' }
  const [, kind, name] = /^(header|cookie):(.+)$/u.exec(text) ?? []
  if (kind === undefined || name === undefined) return `--sticky takes api-key, source-ip, header:NAME or cookie:NAME, not ${JSON.stringify(text)}`
  return kind === 'header' ? { type: 'HEADER', name } : { type: 'COOKIE', name }
}
