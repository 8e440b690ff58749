/** What the household buys, pays and earns: amounts in pence of the first year. */

export const OWNERS = { joint: 'NORA ASHDOWN & THEO MARCHETTI', card: 'THEO MARCHETTI' }

export type Shop = { text: string; name: string | null; mcc: string | null; min: number; max: number }

export const GROCERS: readonly Shop[] = [
  { text: 'TESCO STORES 3312', name: 'Tesco', mcc: '5411', min: 1_180, max: 7_460 },
  { text: 'ALDI 41 775', name: null, mcc: '5411', min: 1_420, max: 6_120 },
  { text: 'ORCHARD LANE GREENGROCER', name: null, mcc: '5411', min: 640, max: 2_350 },
  { text: 'CO-OP GROUP 071442', name: 'Co-op', mcc: '5411', min: 380, max: 2_280 },
  { text: 'WESTGATE BAKERY', name: null, mcc: null, min: 290, max: 1_240 },
]

export const CORNER_SHOPS: readonly Shop[] = [
  { text: 'CANAL ST NEWS', name: null, mcc: '5994', min: 120, max: 940 },
  { text: 'PENHALE PHARMACY', name: 'Penhale Pharmacy', mcc: '5912', min: 349, max: 1_890 },
  { text: 'BRAMLEY HARDWARE', name: null, mcc: '5251', min: 499, max: 3_450 },
  { text: 'SUNNYSIDE LAUNDRETTE', name: null, mcc: null, min: 450, max: 1_100 },
]

export const TABLES: readonly Shop[] = [
  { text: 'HARBOUR FISH BAR', name: null, mcc: '5812', min: 1_240, max: 3_680 },
  { text: 'BLUE LANTERN CAFE', name: 'Blue Lantern', mcc: '5814', min: 540, max: 1_960 },
  { text: 'THE OLD FERRYMAN', name: null, mcc: '5813', min: 980, max: 4_820 },
  { text: 'NOODLE YARD LTD', name: 'Noodle Yard', mcc: '5812', min: 1_390, max: 3_940 },
  { text: 'DELIVEROO', name: 'Deliveroo', mcc: '5812', min: 1_450, max: 4_250 },
]

export const COFFEE: Shop = { text: 'KETTLE & BEAN', name: 'Kettle & Bean', mcc: '5814', min: 280, max: 640 }

export const TRAVEL: readonly Shop[] = [
  { text: 'TFL TRAVEL CH', name: null, mcc: '4111', min: 280, max: 1_440 },
  { text: 'TFL TRAVEL CH', name: null, mcc: '4111', min: 280, max: 890 },
  { text: 'TRAINLINE.COM', name: 'Trainline', mcc: '4112', min: 890, max: 5_240 },
  { text: 'MERIDIAN FUEL 118', name: null, mcc: '5541', min: 3_210, max: 6_480 },
]

export const ONLINE: readonly Shop[] = [
  { text: 'AMZNMKTPLACE AMAZON.CO.UK', name: 'Amazon', mcc: '5942', min: 699, max: 6_499 },
  { text: 'PAPER & STRING ONLINE', name: 'Paper & String', mcc: '5943', min: 850, max: 3_800 },
  { text: 'THREADWELL CLOTHING', name: null, mcc: '5651', min: 1_800, max: 8_900 },
]

export const HOLIDAY: Shop = {
  text: 'SEAGLASS COTTAGES',
  name: 'Seaglass Cottages',
  mcc: '7011',
  min: 38_000,
  max: 61_000,
}

/** Months (1–12) in which a holiday is paid. */
export const HOLIDAY_MONTHS: readonly number[] = [3, 7]

export type Subscription = { text: string; name: string; mcc: string; date: number; prices: readonly Price[] }
/** The price from the n-th month of the household's history on. */
export type Price = { fromMonth: number; minor: number }

export const SUBSCRIPTIONS: readonly Subscription[] = [
  plan('TUNEWELL MUSIC', 'Tunewell', '5815', 4, [
    [0, 1_099],
    [9, 1_199],
    [41, 1_299],
  ]),
  plan('LANTERNFLIX.COM', 'Lanternflix', '5815', 9, [
    [0, 1_099],
    [16, 1_299],
    [52, 1_499],
  ]),
  plan('CLOUDSHELF STORAGE', 'Cloudshelf', '5734', 11, [[0, 299]]),
  plan('IRONWORKS GYM', 'Ironworks Gym', '7997', 2, [[0, 3_499]]),
  plan('THE DAILY LEDGER', 'The Daily Ledger', '5968', 16, [[0, 1_200]]),
  plan('PIXELPAD APP', 'Pixelpad', '5818', 22, [[0, 499]]),
]

export type Bill = {
  text: string
  name: string
  date: number
  minor: number
  code: 'DD' | 'SO'
  skipMonths?: readonly number[]
}

/** Paid from the current account. Council tax has no instalment in February and March. */
export const BILLS: readonly Bill[] = [
  { text: 'RENT FLAT 4 QUAY HOUSE', name: 'LARKFIELD LETTINGS', date: 1, minor: 178_500, code: 'SO' },
  {
    text: 'COUNCIL TAX 77120931',
    name: 'WESTHAVEN BOROUGH COUNCIL',
    date: 3,
    minor: 17_800,
    code: 'DD',
    skipMonths: [2, 3],
  },
  { text: 'BRIGHTSPARK ENERGY', name: 'BRIGHTSPARK ENERGY', date: 8, minor: 13_260, code: 'DD' },
  { text: 'WESTHAVEN WATER 0045512', name: 'WESTHAVEN WATER', date: 12, minor: 3_820, code: 'DD' },
  { text: 'HOME INSURANCE HX2291', name: 'HEARTHSIDE INSURANCE', date: 15, minor: 2_140, code: 'DD' },
  { text: 'FERNNET BROADBAND', name: 'FERNNET', date: 17, minor: 3_400, code: 'DD' },
  { text: 'COASTLINE MOBILE', name: 'COASTLINE MOBILE', date: 20, minor: 3_600, code: 'DD' },
]

export const SALARIES = [
  { text: 'SALARY HARBOURLINE', name: 'HARBOURLINE NHS TRUST', minor: 251_460, date: 25 },
  { text: 'FENWICK & ROWE PAY', name: 'FENWICK & ROWE LTD', minor: 164_845, date: 31 },
] as const

export const FRIENDS: readonly string[] = ['P OYELARAN', 'M LINDQVIST', 'J CARDEW']

export const SAVINGS_TRANSFER_MINOR = 75_000

function plan(
  text: string,
  name: string,
  mcc: string,
  date: number,
  prices: readonly (readonly [number, number])[],
): Subscription {
  return { text, name, mcc, date, prices: prices.map(([fromMonth, minor]) => ({ fromMonth, minor })) }
}
