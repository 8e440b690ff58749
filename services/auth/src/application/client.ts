/** From where somebody speaks, as the gateway sees it. Personal: it rests sealed, and stands in no event and in no log. */
export type Client = { address: string; userAgent: string }

/** The same as a request carries it. `device`: what a device holds on which somebody signed in before. */
export type From = { address: string; userAgent?: string; device?: string }

export const clientOf = ({ address, userAgent = '' }: From): Client => ({ address, userAgent })
