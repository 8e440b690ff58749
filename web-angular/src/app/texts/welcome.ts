import { texts } from '../texts.ts'

export const welcomeTexts = {
  title: texts.titles.welcome,
  heading: 'Where shall we begin?',
  lead: 'Each way leads to the same pages. Take one now; the others stay open under Connections.',
  leadOne: 'It leads to your dashboard, and more banks can follow under Connections.',
  demo: {
    title: 'Look around with a demo bank',
    points: [
      'An invented household, two years',
      'A real consent page, there and back',
      'No keys, no account, about a minute',
    ],
    go: 'Open the demo bank',
  },
  file: {
    title: 'Drop a statement file',
    points: [
      'CSV, OFX, QIF, CAMT.053 or MT940',
      'You see what it brings before anything changes',
      'Any file can be taken back',
    ],
    go: 'Choose a file',
  },
  bank: {
    title: 'Connect my bank',
    points: ['Your bank asks you, on its own page', 'We can read, never pay', 'Ends by itself after 90 to 180 days'],
    go: 'Find my bank',
  },
  later: 'Skip for now',
  opening: 'Opening the bank’s page',
  hosted: 'Self-hosted: your data stays on this server.',
}
