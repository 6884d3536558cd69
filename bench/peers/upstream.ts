/** The backend of the benchmarks: a small JSON answer, as cheap as workerd makes one; `DELAY_MS` makes it take its time. */
const BODY = JSON.stringify({ id: 1, name: 'Rex', species: 'dog', priceCents: 9900 })
const answer = (): Response => new Response(BODY, { headers: { 'content-type': 'application/json' } })

export default {
  fetch(_request: Request, { DELAY_MS }: { readonly DELAY_MS?: string }): Response | Promise<Response> {
    return DELAY_MS === undefined ? answer() : new Promise((resolve) => setTimeout(() => resolve(answer()), Number(DELAY_MS)))
  },
}
