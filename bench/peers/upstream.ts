/** The backend of the benchmarks: a small JSON answer, as cheap as workerd makes one. */
const BODY = JSON.stringify({ id: 1, name: 'Rex', species: 'dog', priceCents: 9900 })

export default {
  fetch(): Response {
    return new Response(BODY, { headers: { 'content-type': 'application/json' } })
  },
}
