// Answers simulations of @cloud-copilot/iam-simulate: one JSON object a line in, one a line out, in order.
// Started with the word `timed` it keeps what it reads, and at each empty line runs all of it and answers the seconds.
import { createInterface } from 'node:readline'
import {
  createValidatedPolicy,
  validateIdentityPolicy,
  validateServiceControlPolicy
} from '@cloud-copilot/iam-policy'
import { anonymousPrincipal, runSimulation } from '@cloud-copilot/iam-simulate'

const isTimed = process.argv[2] === 'timed'
const kept = []

async function answer(simulation) {
  const found = await runSimulation(simulation, {})
  if (found.resultType === 'error') return { error: found.errors }
  return { decision: found.overallResult, ignored: (found.result ?? found.results[0])?.ignoredContextKeys ?? [] }
}

async function runAll() {
  const start = performance.now()
  for (const simulation of kept) await runSimulation(simulation, {})
  return { seconds: (performance.now() - start) / 1000 }
}

function read(line) {
  const simulation = JSON.parse(line)
  if (simulation.request.principal === '*') simulation.request.principal = anonymousPrincipal
  return simulation
}

// Its own way to validate a policy once for many runs.
function validated(simulation) {
  const once = (policies, validate) =>
    policies?.forEach((one) => (one.policy = createValidatedPolicy(one.policy, validate)))
  once(simulation.identityPolicies, validateIdentityPolicy)
  once(simulation.permissionBoundaryPolicies, validateIdentityPolicy)
  simulation.serviceControlPolicies.forEach((level) => once(level.policies, validateServiceControlPolicy))
  if (simulation.sessionPolicy) {
    simulation.sessionPolicy = createValidatedPolicy(simulation.sessionPolicy, validateIdentityPolicy)
  }
  return simulation
}

for await (const line of createInterface({ input: process.stdin })) {
  if (isTimed && line !== '') {
    kept.push(validated(read(line)))
    continue
  }
  const found = isTimed ? runAll() : answer(read(line)).catch((error) => ({ error: String(error) }))
  process.stdout.write(JSON.stringify(await found) + '\n')
}
