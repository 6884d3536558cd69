/** How many purges a stage remembers; one more flushes it. Our own: they are read with the stage. */
export const CACHE_PURGES_MAX = 500
