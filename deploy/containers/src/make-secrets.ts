import { makeSecrets } from './secrets.ts'

/** `node make-secrets.js FOLDER`: the first container of an installation. */
const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('make-secrets: found no folder, expected the one to keep the secrets in\n')
  process.exitCode = 2
} else {
  await makeSecrets(folder)
}
