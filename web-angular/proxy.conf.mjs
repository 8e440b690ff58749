/** `npm run dev -w @pf/web`: the pages come from the Angular server, `/api` from a gateway that already runs. */
const port = process.env.PF_API_PORT ?? '8000'

export default { '/api': { target: `http://127.0.0.1:${port}`, changeOrigin: true } }
