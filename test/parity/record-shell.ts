import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type Answer,
  CWD,
  ENV,
  formatAnswers,
  invoke,
  RELEASES,
  readConstructs,
  recordingUrl,
  SCRIPT_PATH,
  topics,
  withoutPids,
} from './shell-constructs.ts'

/**
 * Records what the shells of a real system answer: `record-shell.ts TREE RELEASE [topic…]`, as root, where TREE
 * is the unpacked root file system of that release. Each script runs in namespaces of its own, over an overlay of TREE that is
 * thrown away, with pipes for its streams.
 */
const ISOLATED = `
set -e
mount -t tmpfs none "$SCRATCH"
mkdir "$SCRATCH/up" "$SCRATCH/work" "$SCRATCH/root"
mount -t overlay overlay -o "lowerdir=$TREE,upperdir=$SCRATCH/up,workdir=$SCRATCH/work" "$SCRATCH/root"
mount -t proc proc "$SCRATCH/root/proc"
cp "$EXCHANGE/script" "$SCRATCH/root${SCRIPT_PATH}"
set +e
cat "$EXCHANGE/stdin" | { chroot "$SCRATCH/root" env -i -C ${CWD} "$@" 2>&3 | cat > "$EXCHANGE/stdout"; exit "\${PIPESTATUS[0]}"; } \\
  3> >(cat > "$EXCHANGE/stderr"; : > "$EXCHANGE/done")
code=\${PIPESTATUS[1]}
until [ -e "$EXCHANGE/done" ]; do sleep 0.01; done
exit "$code"
`

function record(tree: string, invocation: string, script: string): Answer {
  const exchange = mkdtempSync(join(tmpdir(), 'record-shell-'))
  try {
    const { argv, stdin } = invoke(invocation, script)
    writeFileSync(join(exchange, 'script'), script)
    writeFileSync(join(exchange, 'stdin'), stdin)
    mkdirSync(join(exchange, 'scratch'))
    const variables = Object.entries(ENV).map(([name, value]) => `${name}=${value}`)
    const ended = spawnSync(
      'unshare',
      [
        '--mount',
        '--pid',
        '--fork',
        '--kill-child',
        'bash',
        '-c',
        ISOLATED,
        'isolated',
        ...variables,
        ...argv,
      ],
      {
        env: { ...process.env, TREE: tree, EXCHANGE: exchange, SCRATCH: join(exchange, 'scratch') },
        timeout: 60_000,
      },
    )
    if (ended.stderr.length > 0 || ended.status === null)
      throw new Error(`${invocation}: ${ended.stderr.toString()}`)
    const read = (name: string): string => withoutPids(readFileSync(join(exchange, name), 'utf8'))
    return { invocation, stdout: read('stdout'), stderr: read('stderr'), exitCode: ended.status }
  } finally {
    rmSync(exchange, { recursive: true })
  }
}

const [tree = '', name = '', ...chosen] = process.argv.slice(2)
const release = RELEASES.find(known => known === name)
if (release === undefined) throw new Error(`a tree and one of ${RELEASES.join(', ')} are wanted, not ${name}`)
mkdirSync(new URL('.', recordingUrl('', release)), { recursive: true })
for (const topic of chosen.length > 0 ? chosen : topics()) {
  const sections = readConstructs(topic).map(({ title, script, invocations }) => ({
    title,
    answers: invocations.map(invocation => record(tree, invocation, script)),
  }))
  writeFileSync(recordingUrl(topic, release), formatAnswers(sections))
}
