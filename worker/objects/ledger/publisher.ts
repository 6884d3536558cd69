import type { Book } from './book.ts'
import { listDue, putOff, settle, type WaitingLetter } from './outbox.ts'

/** KV, as publishing needs it. */
export interface KeyValueStore {
  put(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

/** Brings letters to KV. */
export interface Publisher {
  /** Sends all that may go now; resolves when it is sent or put off, and does not throw. */
  publish(): Promise<void>
}

/**
 * Makes a publisher. One run at a time: two writes of one key at once could land in the wrong order. A run looks into the outbox again until it finds nothing to
 * send, so who comes during a run has only to wait for it.
 */
export function createPublisher(book: Book, store: KeyValueStore, onFailure: (key: string, cause: unknown) => void): Publisher {
  let running: Promise<void> | null = null
  const run = async (): Promise<void> => {
    for (let due = listDue(book); due.length > 0; due = listDue(book)) await Promise.all(due.map((letter) => send(book, store, letter, onFailure)))
  }
  return {
    async publish() {
      // A run that ended between its last look and this call has not seen the newest letter: look once more.
      if (running !== null) await running
      running ??= run().finally(() => {
        running = null
      })
      await running
    },
  }
}

async function send(book: Book, store: KeyValueStore, letter: WaitingLetter, onFailure: (key: string, cause: unknown) => void): Promise<void> {
  try {
    await (letter.value === null ? store.delete(letter.key) : store.put(letter.key, letter.value))
    book.atomically(() => settle(book, letter))
  } catch (error) {
    book.atomically(() => putOff(book, letter))
    onFailure(letter.key, error)
  }
}
