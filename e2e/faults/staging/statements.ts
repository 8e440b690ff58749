/** What a projector sends for one batch, in this order: between any two of them it may die. */
export const batchMoments: readonly RegExp[] = [
  /\bbegin\b/,
  /update eventing\.checkpoints/,
  /insert into "tallies_v\d+"/,
  /\bcommit\b/,
]

/** The fence: the old checkpoint is the condition of the new one. */
export const checkpointMove = /update eventing\.checkpoints/
