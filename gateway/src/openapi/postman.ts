import { Rest } from '@pf/contracts'
import { examples, type RouteExample } from '@pf/contracts/examples'

const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

/** A Postman collection (v2.1) of every route with its examples, and one round of a session to run from top to bottom. */
export function postmanCollection(): object {
  const folders = Object.entries(Rest.tags).map(([tag, description]) => ({
    name: tag,
    description,
    item: (Object.entries(Rest.routes) as [Rest.RouteName, Rest.Route][])
      .filter(([, route]) => route.tag === tag)
      .map(([name, route]) => item(name, route)),
  }))
  return {
    info: {
      name: 'Personal Finances',
      description:
        'Made of contracts/ by `npm run openapi`. Run "A session" first: it registers, logs in and keeps the token.',
      schema,
    },
    auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{token}}', type: 'string' }] },
    variable: [
      { key: 'base_url', value: 'http://localhost:8000' },
      { key: 'username', value: 'postman' },
      { key: 'password', value: 'correct horse battery' },
      { key: 'token', value: '' },
    ],
    item: [
      { name: 'A session', description: 'Register, log in, who am I, refresh, log out.', item: session() },
      ...folders,
    ],
  }
}

/** Variables take the place of the example's credentials; each step says what its answer has to be. */
function session(): object[] {
  const { routes } = Rest
  const credentials = { username: '{{username}}', password: '{{password}}' }
  const keep = "pm.collectionVariables.set('token', pm.response.json().access_token)"
  const step = (name: Rest.RouteName, status: string, more: string[] = [], body?: object) => ({
    ...item(name, routes[name], body),
    event: [
      {
        listen: 'test',
        script: {
          type: 'text/javascript',
          exec: [`pm.test('answers ${status}', () => pm.expect(pm.response.code).to.be.oneOf([${status}]))`, ...more],
        },
      },
    ],
  })
  return [
    // 409 where the round was run before: the user is there already.
    step('register', '201, 409', [], credentials),
    step('login', '200', [keep], credentials),
    step('me', '200', ["pm.expect(pm.response.json().username).to.eql(pm.collectionVariables.get('username'))"]),
    step('refresh', '200', [keep]),
    step('logout', '200', ["pm.collectionVariables.set('token', '')"]),
  ]
}

function item(name: Rest.RouteName, route: Rest.Route, body?: object): object {
  const example: RouteExample = examples[name]
  const request = requestOf(route, body === undefined ? example : { ...example, body })
  return {
    name: route.summary,
    request,
    response: Object.entries(example.answers).map(([status, answer]) => ({
      name: `${status}`,
      originalRequest: request,
      code: Number(status),
      header:
        answer === null ? [] : [{ key: 'Content-Type', value: route.media?.split(', ')[0] ?? 'application/json' }],
      body: answer === null ? '' : typeof answer === 'string' ? answer : JSON.stringify(answer, null, 2),
    })),
  }
}

function requestOf(route: Rest.Route, { params = {}, query = {}, body }: RouteExample): object {
  const path = route.path.replaceAll(/\{(\w+)\}/g, ':$1')
  const asked = Object.entries(query).map(([key, value]) => ({ key, value: String(value) }))
  const search = asked.map(({ key, value }) => `${key}=${encodeURIComponent(value)}`).join('&')
  return {
    method: route.method,
    description: route.description ?? route.summary,
    ...(route.open ? { auth: { type: 'noauth' } } : {}),
    header: route.body && !route.upload ? [{ key: 'Content-Type', value: 'application/json' }] : [],
    url: {
      raw: `{{base_url}}${path}${search && `?${search}`}`,
      host: ['{{base_url}}'],
      path: path.slice(1).split('/'),
      query: asked,
      variable: Object.entries(params).map(([key, value]) => ({ key, value: String(value) })),
    },
    ...bodyOf(route, body),
  }
}

function bodyOf({ body: schema, upload }: Rest.Route, body: object | undefined): object {
  if (schema === undefined) return {}
  if (!upload)
    return { body: { mode: 'raw', raw: JSON.stringify(body, null, 2), options: { raw: { language: 'json' } } } }
  const fields = Object.entries(body ?? {}).map(([key, value]) => ({
    key,
    type: 'text',
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }))
  return { body: { mode: 'formdata', formdata: [{ key: 'file', type: 'file', src: [] }, ...fields] } }
}
