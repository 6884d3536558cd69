// A whole web application behind one function, by the adapter that Hono publishes for AWS Lambda: the same file runs on AWS.
import { Hono } from 'hono'
import { handle } from 'hono/aws-lambda'

const BOOKS = [
  { isbn: '9780131103627', title: 'The C Programming Language' },
  { isbn: '9780201633610', title: 'Design Patterns' },
]

const app = new Hono().basePath('/catalog')
app.get('/', (c) => c.json(BOOKS))
app.get('/cover.png', (c) => c.body(PIXEL, 200, { 'content-type': 'image/png' }))
app.get('/:isbn', (c) => {
  const book = BOOKS.find(({ isbn }) => isbn === c.req.param('isbn'))
  return book === undefined ? c.json({ message: 'no such book' }, 404) : c.json(book)
})
app.post('/', async (c) => {
  const book: unknown = await c.req.json()
  c.header('set-cookie', 'last=book; Path=/', { append: true })
  c.header('set-cookie', 'seen=1', { append: true })
  return c.json({ created: book }, 201)
})

/** A picture of one grey dot. */
const PIXEL = Uint8Array.from(atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='), (character) => character.charCodeAt(0))

/** The function: events in, proxy responses out. */
export const handler = handle(app)
