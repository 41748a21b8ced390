// Answers simulations of @cloud-copilot/iam-simulate: one JSON object a line in, one a line out, in order.
// With a number as argument it first reads all lines, then runs them so many times and answers the seconds of each run.
import { createInterface } from 'node:readline'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const rounds = Number(process.argv[2] ?? 0)

async function answer(simulation) {
  const found = await runSimulation(simulation, {})
  if (found.resultType === 'error') return { error: found.errors }
  return { decision: found.overallResult, ignored: (found.result ?? found.results[0])?.ignoredContextKeys ?? [] }
}

function read(line) {
  const simulation = JSON.parse(line)
  if (simulation.request.principal === '*') simulation.request.principal = anonymousPrincipal
  return simulation
}

const kept = []
for await (const line of createInterface({ input: process.stdin })) {
  if (rounds > 0) kept.push(read(line))
  else process.stdout.write(JSON.stringify(await answer(read(line)).catch((error) => ({ error: String(error) }))) + '\n')
}
for (let round = 0; round < rounds; round += 1) {
  const start = performance.now()
  for (const simulation of kept) await runSimulation(simulation, {})
  process.stdout.write(JSON.stringify({ seconds: (performance.now() - start) / 1000 }) + '\n')
}
