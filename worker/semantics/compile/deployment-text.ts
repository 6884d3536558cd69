import type { DeploymentDocument, MethodDocument } from '../../../kv-schemas/documents/deployment.ts'
import { HTTP_METHODS, type HttpMethod } from '../../../kv-schemas/http-methods.ts'
import { buildRouteTree, type RouteTree } from '../routing/route-tree.ts'
import { fillMethod, toSparseMethod, type SparseMethod } from './sparse-method.ts'

/** A deployment without its methods: what every request may need. */
export type DeploymentHead = Omit<DeploymentDocument, 'resources'>

/** A method, and the resource that it stands at. */
export interface PlacedMethod {
  readonly resource: { readonly id: string; readonly path: string }
  /** As declared: `ANY` where the definition says so. */
  readonly httpMethod: HttpMethod
  readonly document: MethodDocument
}

/** A deployment in the parts that an isolate reads apart: the head and the tree at once, a method when a request comes for it. The tree's leaves are the methods' numbers. */
export interface SplitDeployment {
  readonly head: DeploymentHead
  readonly routes: RouteTree<number>
  /** Throws for a number that is no leaf of the tree. */
  readonly method: (number: number) => PlacedMethod
}

/** Splits a whole deployment. */
export function splitDeployment(document: DeploymentDocument): SplitDeployment {
  const { head, routes, methods } = takeApart(document)
  return { head, routes, method: (number) => methods[number] ?? missingMethod(number) }
}

/**
 * Writes a deployment as KV has it: on the first line the head, with the tree of resources as `routes`, and on each further line a method, as JSON. So an isolate's first
 * request to an API of a thousand methods reads JSON for one of them, and builds no tree.
 */
export function writeDeploymentText(document: DeploymentDocument): string {
  const { head, routes, methods } = takeApart(document)
  const lines: readonly MethodLine[] = methods.map((placed) => ({ ...placed, document: toSparseMethod(placed.document) }))
  return [{ ...head, routes }, ...lines].map((line) => JSON.stringify(line)).join('\n')
}

/** Reads what `writeDeploymentText` wrote, or a whole deployment as JSON on one line. Throws for a text that is neither. */
export function readDeploymentText(text: string): SplitDeployment {
  const lines = text.split('\n')
  const first = JSON.parse(lines[0] ?? '') as DeploymentDocument | (DeploymentHead & { readonly routes: RouteTree<number> })
  if ('resources' in first) return splitDeployment(first)
  const { routes, ...head } = first
  return { head, routes, method: (number) => readMethodLine(lines[number + 1] ?? missingMethod(number)) }
}

type MethodLine = Omit<PlacedMethod, 'document'> & { readonly document: SparseMethod }

function readMethodLine(line: string): PlacedMethod {
  const placed = JSON.parse(line) as MethodLine
  return { ...placed, document: fillMethod(placed.document) }
}

function takeApart({ resources, ...head }: DeploymentDocument): { readonly head: DeploymentHead; readonly routes: RouteTree<number>; readonly methods: readonly PlacedMethod[] } {
  const methods: PlacedMethod[] = []
  const routes = resources.map(({ id, path, methods: declared }) => ({
    path,
    methods: Object.fromEntries(
      HTTP_METHODS.flatMap((httpMethod) => {
        const document = declared[httpMethod]
        return document === undefined ? [] : [[httpMethod, methods.push({ resource: { id, path }, httpMethod, document }) - 1] as const]
      }),
    ),
  }))
  return { head, routes: buildRouteTree(routes), methods }
}

function missingMethod(number: number): never {
  throw new Error(`the deployment has no method ${number}`)
}
