/** From where somebody speaks, as the gateway sees it. Personal: it rests sealed, and stands in no event and in no log. */
export type Client = { address: string; userAgent: string }

export const clientOf = ({ address, userAgent = '' }: { address: string; userAgent?: string }): Client => ({
  address,
  userAgent,
})
