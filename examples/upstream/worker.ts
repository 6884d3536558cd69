import { Hono } from 'hono'
import { streamSSE } from 'hono/streaming'

interface Pet {
  readonly id: number
  readonly name: string
  readonly species: string
  readonly priceCents: number
}

interface Order {
  readonly id: number
  readonly petId: number
  readonly quantity: number
  readonly status: 'placed' | 'shipped'
}

/** The shop keeps two sets of books: `sandbox` for the stage `dev`, `live` for the stage `prod`. They last as long as the process. */
const shops = new Map([
  ['sandbox', openShop(['Rex', 'Tom', 'Polly'])],
  ['live', openShop(['Bello', 'Mimi', 'Hansi', 'Goldie'])],
])

function openShop(names: readonly string[]): { pets: Map<number, Pet>; orders: Map<number, Order> } {
  const species = ['dog', 'cat', 'parrot', 'fish']
  const pets = names.map((name, index): Pet => ({ id: index + 1, name, species: species[index] ?? 'dog', priceCents: 9900 + index * 2500 }))
  return { pets: new Map(pets.map((pet) => [pet.id, pet])), orders: new Map() }
}

const app = new Hono<{ Variables: { shop: ReturnType<typeof openShop> } }>()

app.use('/:book{sandbox|live}/*', async (c, next) => {
  const shop = shops.get(c.req.param('book'))
  if (shop === undefined) return c.json({ error: 'no such book' }, 404)
  c.set('shop', shop)
  await next()
  return undefined
})

app.get('/:book/pets', (c) => {
  const species = c.req.query('species')
  const limit = Number(c.req.query('limit') ?? 100)
  const pets = [...c.get('shop').pets.values()].filter((pet) => species === undefined || pet.species === species)
  return c.json(pets.slice(0, limit))
})

app.post('/:book/pets', async (c) => {
  const { pets } = c.get('shop')
  const draft = await c.req.json<Omit<Pet, 'id'>>()
  const pet: Pet = { id: Math.max(0, ...pets.keys()) + 1, name: draft.name, species: draft.species, priceCents: draft.priceCents }
  pets.set(pet.id, pet)
  return c.json(pet, 201, { location: `/pets/${pet.id}` })
})

app.get('/:book/pets/:id', (c) => {
  const pet = c.get('shop').pets.get(Number(c.req.param('id')))
  return pet === undefined ? c.json({ error: 'no such pet' }, 404) : c.json(pet)
})

app.put('/:book/pets/:id', async (c) => {
  const id = Number(c.req.param('id'))
  const pet: Pet = { ...(await c.req.json<Omit<Pet, 'id'>>()), id }
  c.get('shop').pets.set(id, pet)
  return c.json(pet)
})

app.delete('/:book/pets/:id', (c) => {
  c.get('shop').pets.delete(Number(c.req.param('id')))
  return c.body(null, 204)
})

app.post('/:book/orders', async (c) => {
  const { orders, pets } = c.get('shop')
  const draft = await c.req.json<{ petId: number; quantity: number }>()
  if (!pets.has(draft.petId)) return c.json({ error: `no pet ${draft.petId}` }, 404)
  const order: Order = { id: orders.size + 1, petId: draft.petId, quantity: draft.quantity, status: 'placed' }
  orders.set(order.id, order)
  return c.json(order, 201)
})

app.get('/:book/orders/:id', (c) => {
  const order = c.get('shop').orders.get(Number(c.req.param('id')))
  return order === undefined ? c.json({ error: 'no such order' }, 404) : c.json(order)
})

app.get('/:book/news', (c) =>
  streamSSE(c, async (stream) => {
    for (let number = 1; number <= 5; number += 1) {
      await stream.writeSSE({ event: 'news', id: String(number), data: `A new pet arrives, number ${number}` })
      await stream.sleep(200)
    }
  }),
)

app.all('/:book/echo/*', async (c) =>
  c.json({ method: c.req.method, url: c.req.url, headers: c.req.header(), body: await c.req.text() }),
)

app.get('/:book/slow/:ms', async (c) => {
  await new Promise((resolve) => setTimeout(resolve, Math.min(Number(c.req.param('ms')), 60_000)))
  return c.json({ waitedMs: Number(c.req.param('ms')) })
})

app.all('*', (c) => c.json({ error: `the pet shop has no ${c.req.path}` }, 404))

export default app
