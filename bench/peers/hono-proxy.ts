import { Hono } from 'hono'

/** The peer: the least that a Hono Worker does to pass a request on. */
const app = new Hono<{ Bindings: { UPSTREAM: string } }>()
app.all('*', (c) => fetch(new Request(c.env.UPSTREAM + new URL(c.req.url).pathname, c.req.raw)))
export default app
