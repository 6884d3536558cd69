// A function that streams: its client reads the first lines while the last ones are not written yet.

const LINES = ['It was a dark and stormy night;', 'the rain fell in torrents,', 'except at occasional intervals,', 'when it was checked by a violent gust of wind.']

/** Tells the story line by line. */
export const handler = awslambda.streamifyResponse(async (_event, responseStream) => {
  const stream = awslambda.HttpResponseStream.from(responseStream, { statusCode: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
  for (const line of LINES) {
    await stream.write(`${line}\n`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await stream.end()
})
