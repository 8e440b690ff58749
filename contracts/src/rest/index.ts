export { problemExamples } from './problems.ts'
export * from './routes.ts'
export * from './shapes.ts'
