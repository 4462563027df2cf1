import type { ConfigGeneration } from '../formats/containerd-types.ts'

const CRI = '[plugins."io.containerd.grpc.v1.cri"'

/** What the CRI plugins deprecate: the option, since when, when it goes, and what to use. */
const OPTIONS = {
  systemd_cgroup: `\`systemd_cgroup\` property (old form) of \`${CRI}]`,
  untrusted_workload_runtime: `\`untrusted_workload_runtime\` property of ${CRI}.containerd]`,
  default_runtime: `\`default_runtime\` property of ${CRI}.containerd]`,
  runtime_engine: `\`runtime_engine\` property of ${CRI}.containerd.runtimes.*]`,
  runtime_root: `\`runtime_root\` property of ${CRI}.containerd.runtimes.*]`,
  mirrors: `\`mirrors\` property of \`${CRI}.registry]\``,
  auths: `\`auths\` property of \`${CRI}.registry]\``,
  configs: `\`configs\` property of \`${CRI}.registry]\``,
  CriuPath: `\`CriuPath\` property of \`${CRI}.containerd.runtimes.*.options]\``,
  bin_dir: '`bin_dir` property of `[plugins."io.containerd.cri.v1.runtime".cni`]',
} as const

/** An option that is deprecated. */
export type Deprecation = keyof typeof OPTIONS

type Words = Partial<Readonly<Record<Deprecation, readonly [since: string, until: string, instead: string]>>>

/** pkg/deprecation of 1.7. */
const WORDS_1_7: Words = {
  systemd_cgroup: [
    '1.3',
    '2.0. ',
    `Use \`SystemdCgroup\` in ${CRI}.containerd.runtimes.runc.options] options instead.`,
  ],
  untrusted_workload_runtime: ['1.2', '2.0. ', 'Create an `untrusted` runtime in `runtimes` instead.'],
  default_runtime: ['1.3', '2.0. ', 'Use `default_runtime_name` instead.'],
  runtime_engine: ['1.3', '2.0. ', 'Use a v2 runtime and `options` instead.'],
  runtime_root: ['1.3', '2.0. ', 'Use a v2 runtime and `options.Root` instead.'],
  mirrors: ['1.5', '2.1. ', 'Use `config_path` instead.'],
  auths: ['1.3', '2.1. ', 'Use `ImagePullSecrets` instead.'],
  configs: ['1.5', '2.1. ', 'Use `config_path` instead.'],
  CriuPath: ['1.7', '2.0. ', 'Use a criu binary in $PATH instead.'],
}

/** pkg/deprecation of 2.1, where spaces are missing. */
const WORDS_2_1: Words = {
  mirrors: ['1.5', '2.1.', 'Use `config_path` instead.'],
  auths: ['1.3', '2.3.', 'Use `ImagePullSecrets` instead.'],
  configs: ['1.5', '2.3.', 'Use `config_path` instead.'],
  bin_dir: ['2.1', '2.3. ', 'Use `bin_dirs` in the same section instead.'],
}

/** The sentence that the introspection service tells of a deprecation. */
export function deprecationMessage(generation: ConfigGeneration, deprecation: Deprecation): string {
  const words = (generation === '2.1' ? WORDS_2_1 : WORDS_1_7)[deprecation]
  if (words === undefined) throw new Error(`a deprecation without words: ${deprecation}`)
  const [since, until, instead] = words
  return `The ${OPTIONS[deprecation]} is deprecated since containerd v${since} and will be removed in containerd v${until}${instead}`
}
