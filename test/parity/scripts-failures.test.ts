import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { boot } from '../simulated.ts'
import { type Script, sectionsOf } from './scripts.ts'
import { simulatedAnswers } from './scripts-simulated.ts'

/**
 * Ways in which hosts were found not to become nodes: each script brings one about, looks at it, and mends it. Its commands
 * have to succeed, and what follows `refuses` has to fail.
 */
const FAILURES = new URL('scripts/failures/', import.meta.url)

const PRELUDE = `set -eu
refuses() { if "$@"; then echo "it should have failed: $*" >&2; exit 1; fi; }
`

interface FailureScript extends Script {
  readonly image: string
  /** What it meets that is not simulated: a script that no longer does fails the test, and loses the mark. */
  readonly unsimulated: string | undefined
}

const optionOf = (options: readonly string[], name: string): string | undefined =>
  options.find(option => option.startsWith(`${name}=`))?.slice(name.length + 1)

function readFailures(group: string): readonly FailureScript[] {
  return sectionsOf(readFileSync(new URL(group, FAILURES), 'utf8')).map(({ title, options, text }) => ({
    title,
    shell: 'bash',
    parts: text.split(/^#==== reboot\n/m).map(part => `${PRELUDE}${part}`),
    digest: '',
    image: optionOf(options, 'on') ?? 'debian-12',
    unsimulated: optionOf(options, 'unsimulated'),
  }))
}

describe.each(readdirSync(FAILURES).sort())('failures that people met, and their remedies: %s', group => {
  const scripts = readFailures(group).map(script => [script.title, script] as const)
  it.each(scripts)('%s', async (_, script) => {
    const answers = await simulatedAnswers(await boot(script.image), script)
    const said = answers.map(({ stdout, stderr }) => `${stdout}${stderr}`).join('\n')
    if (script.unsimulated !== undefined) {
      expect(answers.at(-1)?.exitCode, 'it is simulated by now: take the mark away').toBe(70)
      expect(said).toContain(`${script.unsimulated} is not simulated`)
      return
    }
    expect(
      answers.map(({ exitCode }) => exitCode),
      said,
    ).toEqual(script.parts.map(() => 0))
  })
})
