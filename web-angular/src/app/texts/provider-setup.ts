/** Words of the guide to a provider's keys: loaded with it. */
export const setupTexts = {
  title: 'Set up a provider',
  back: 'Add a bank',
  lead: 'Banks do not open their doors to a program alone: a licensed provider stands between. You take keys of your own there, once; they stay on this server, locked away, and no page shows them again.',
  which: 'Which provider',
  providers: {
    gocardless: {
      name: 'GoCardless Bank Account Data',
      about:
        'Over 2,000 banks in the United Kingdom and the European Economic Area. It opens to new customers only at times: where its page does not let you register, take the other.',
      steps: [
        'Sign in, or register, at the portal of Bank Account Data.',
        'Open Developers, then User secrets, and create a secret.',
        'Copy both parts at once: the key is shown only there and then.',
      ],
      portal: 'Open the portal',
      url: 'https://bankaccountdata.gocardless.com/user-secrets/',
      redirect:
        'Nothing is to be entered there: we send this address along with each consent. It is where your browser comes back to.',
      fields: { secret_id: 'Secret ID', secret_key: 'Secret key' },
    },
    'enable-banking': {
      name: 'Enable Banking',
      about:
        'Banks of some thirty European countries. Your own accounts are free of charge in its restricted mode: you link them once in its control panel.',
      steps: [
        'Sign in, or register, at the control panel and add an application; for real accounts its environment is Production.',
        'Enter the address below among its redirect URLs, letter for letter.',
        'Have the key made in the browser: its file is saved by your browser, and the file’s name is the application’s ID.',
        'Activate the application by linking your accounts there.',
      ],
      portal: 'Open the control panel',
      url: 'https://enablebanking.com/cp/applications',
      redirect: 'Enter exactly this among the redirect URLs of the application.',
      fields: { application_id: 'Application ID', private_key: 'Private key (the whole file, PEM)' },
    },
  },
  configured: 'keys are here',
  keys: 'Get the keys',
  redirect: 'The redirect URL',
  copy: 'Copy',
  copied: 'Copied',
  notCopied: 'Your browser did not let us copy. Mark the address and copy it by hand.',
  plainHttp:
    'This address is not https. Providers take http only for localhost: put the installation behind https first, and set PUBLIC_URL.',
  put: 'Put them here',
  replace: 'Keys are here already. New ones take their place.',
  save: 'Keep and check',
  checkAgain: 'Check the keys that are here',
  saving: 'Asking the provider',
  missing: (field: string) => `${field} is missing.`,
  findings: 'What the check found',
  allFine: 'The keys do. Choose your bank now.',
  notFine: 'Something is not right yet. What fits is ticked, what does not says why.',
  fine: 'fits',
  wrong: 'does not fit',
  choose: 'Choose your bank',
  operator:
    'Only who runs this installation can give it keys: the first who registered. Ask them, and send them this page’s address.',
  none: 'This server knows no provider but the demo bank. Its operator can switch one on (docs/operations.md).',
}
