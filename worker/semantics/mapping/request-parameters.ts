import { DROPPED_REQUEST_HEADERS } from '../integrations/request-headers.ts'

/** The parameters of the client's request, as mappings, templates and validators see them (aws-rest 1.4, 5.1). */
export interface RequestParameters {
  /** Values of the path's variables, still encoded as the client sent them. */
  readonly path: Readonly<Record<string, string>>
  /** Every value of every query parameter, decoded, in order. */
  querystring(): ReadonlyMap<string, readonly string[]>
  /** The value of a header, in any case; null when the client sent none, or when the gateway drops it. */
  header(name: string): string | null
  /** Names and values of the headers that the gateway does not drop. */
  headers(): readonly (readonly [name: string, value: string])[]
}

/** What a request says of its parameters. */
export interface ParameterSources {
  readonly pathParameters: Readonly<Record<string, string>>
  /** The query string as it was sent, without its question mark. */
  readonly rawQuery: string
  readonly headers: Headers
  /** Headers that the gateway adds to what the client sent; asked for when the first header is. */
  readonly added?: () => Readonly<Record<string, string>>
}

/**
 * Reads the parameters of a request.
 * Differs from Amazon: header names compare in any case, because a Worker does not get their spelling; a header sent several times is one value, joined with `, `.
 */
export function toRequestParameters({ pathParameters, rawQuery, headers, added = NO_HEADERS }: ParameterSources): RequestParameters {
  let querystring: ReadonlyMap<string, readonly string[]> | null = null
  let addedHeaders: Readonly<Record<string, string>> | null = null
  return {
    path: pathParameters,
    querystring: () => (querystring ??= parseQuery(rawQuery)),
    header(name) {
      const folded = name.toLowerCase()
      const more = (addedHeaders ??= added())
      if (Object.hasOwn(more, folded)) return more[folded] ?? null
      return isHidden(folded) ? null : headers.get(folded)
    },
    headers() {
      const more = (addedHeaders ??= added())
      const shown = Array.from(headers).filter(([name]) => !isHidden(name) && !Object.hasOwn(more, name))
      return [...shown, ...Object.entries(more)]
    },
  }
}

const NO_HEADERS = (): Readonly<Record<string, string>> => ({})

/** Takes a query string apart: names and values decoded, a repeated name keeps all its values in order; `;` separates as `&` does (aws-rest 1.4). */
export function parseQuery(rawQuery: string): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, string[]>()
  if (rawQuery === '') return values
  for (const [name, value] of new URLSearchParams(rawQuery.replaceAll(';', '&'))) {
    const known = values.get(name)
    if (known === undefined) values.set(name, [value])
    else known.push(value)
  }
  return values
}

function isHidden(name: string): boolean {
  return DROPPED_REQUEST_HEADERS.has(name) || name.startsWith('cf-') || name === 'cdn-loop'
}
