/** A process that has not said so for this long is dead, or deaf: it is not waited for. Longer than `deafMs`, whatever the load. */
export const deadSeconds = 20
