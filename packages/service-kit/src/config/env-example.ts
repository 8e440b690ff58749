import type { Shape } from './define-config.ts'

/** The text of `.env.example`: every setting, commented out, since `npm start` needs none of them. */
export function envExample(shape: Shape): string {
  const lines = Object.values(shape).flatMap(({ env, about, example, fallback }) => [
    `# ${about}${fallback === undefined ? ' (needed)' : ''}`,
    `# ${env}=${example}`,
    '',
  ])
  return ['# Every setting, with its default or an example. Copy to .env and change what you need.', '', ...lines].join(
    '\n',
  )
}
