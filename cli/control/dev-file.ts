import path from 'node:path'

/** The file in which `stagedoor dev` tells where it listens, below the folder that it was started in. */
export const DEV_FILE = path.join('.stagedoor', 'dev.json')
