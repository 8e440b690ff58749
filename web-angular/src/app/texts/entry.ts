import { texts } from '../texts.ts'

export const signInTexts = {
  title: texts.titles.signIn,
  name: 'User name',
  password: 'Password',
  showPassword: 'Show password',
  hidePassword: 'Hide password',
  submit: 'Sign in',
  busy: 'Signing in',
  newHere: 'New here?',
  register: 'Register',
  ended: 'Your session has ended. Sign in again; nothing is lost.',
  unreachable:
    'The server cannot be reached, so we could not see whether you are signed in. Reload this page when it is back.',
  incomplete: 'Enter your user name and your password.',
  elsewhere: 'Sign in with Keycloak',
  leaving: 'Opening the sign-in page',
  passkey: 'Sign in with a passkey',
  second: {
    title: 'One more step',
    code: 'Code',
    hint: 'The six digits of your app, or one of your recovery codes',
    submit: 'Go on',
    passkey: 'Use a passkey',
    back: 'Back to name and password',
    incomplete: 'Enter the code that your app shows.',
  },
}

export const registerTexts = {
  title: texts.titles.register,
  submit: 'Register',
  busy: 'Registering',
  known: 'Registered already?',
  signIn: 'Sign in',
  nameHint: '3 to 50 characters',
  passwordHint: 'At least 8 characters; a few words in a row are good',
  nameTooShort: 'A user name has 3 to 50 characters.',
  passwordTooShort: 'A password has at least 8 characters.',
  invite: 'Invite',
  inviteHint:
    'From the link you were sent. The first user here takes the one-time code that the server printed at its start.',
  inviteMissing: 'Enter the invite that you were sent.',
}

/** The account that the frame around both forms shows. */
export const ledgerTexts = {
  before: 'The bank said, 1 November',
  in: '2 rows in',
  out: '31 rows out',
  now: 'The bank says today',
  verified: 'Verified to the penny',
}
