/**
 * The Go types of containerd 1.4's configuration, from its sources (Apache-2.0): services/server/config/config.go,
 * containerd/cri's pkg/config/config.go and the `Config` of each plugin. Fields stand in the order of their declaration.
 */
import {
  bool,
  float64,
  int,
  list,
  map,
  pointer,
  string,
  strings,
  struct,
  textDuration,
} from './containerd-types.ts'
import { PRIMITIVE } from './go-toml/burntsushi/decode.ts'
import type { GoType, StructType } from './go-toml/types.ts'

const primitive = struct(PRIMITIVE)
const owner = [
  ['UID', 'uid', int],
  ['GID', 'gid', int],
] as const

/** `config.Config` of the server; `plugins` stands last, as `config dump` prints it. */
export const SERVER_CONFIG_1_4: StructType = struct(
  'config.Config',
  ['Version', 'version', int],
  ['Root', 'root', string],
  ['State', 'state', string],
  ['PluginDir', 'plugin_dir', string],
  [
    'GRPC',
    'grpc',
    struct(
      'config.GRPCConfig',
      ['Address', 'address', string],
      ['TCPAddress', 'tcp_address', string],
      ['TCPTLSCert', 'tcp_tls_cert', string],
      ['TCPTLSKey', 'tcp_tls_key', string],
      ...owner,
      ['MaxRecvMsgSize', 'max_recv_message_size', int],
      ['MaxSendMsgSize', 'max_send_message_size', int],
    ),
  ],
  ['TTRPC', 'ttrpc', struct('config.TTRPCConfig', ['Address', 'address', string], ...owner)],
  [
    'Debug',
    'debug',
    struct('config.Debug', ['Address', 'address', string], ...owner, ['Level', 'level', string]),
  ],
  [
    'Metrics',
    'metrics',
    struct('config.MetricsConfig', ['Address', 'address', string], ['GRPCHistogram', 'grpc_histogram', bool]),
  ],
  ['DisabledPlugins', 'disabled_plugins', strings],
  ['RequiredPlugins', 'required_plugins', strings],
  ['OOMScore', 'oom_score', int],
  ['Cgroup', 'cgroup', struct('config.CgroupConfig', ['Path', 'path', string])],
  [
    'ProxyPlugins',
    'proxy_plugins',
    map(struct('config.ProxyPlugin', ['Type', 'type', string], ['Address', 'address', string])),
  ],
  ['Timeouts', 'timeouts', map(string)],
  ['Imports', 'imports', strings],
  [
    'StreamProcessors',
    'stream_processors',
    map(
      struct(
        'config.StreamProcessor',
        ['Accepts', 'accepts', strings],
        ['Returns', 'returns', string],
        ['Path', 'path', string],
        ['Args', 'args', strings],
      ),
    ),
  ],
  ['Plugins', 'plugins', map(primitive)],
)

const runtime = struct(
  'config.Runtime',
  ['Type', 'runtime_type', string],
  ['Engine', 'runtime_engine', string],
  ['PodAnnotations', 'pod_annotations', strings],
  ['ContainerAnnotations', 'container_annotations', strings],
  ['Root', 'runtime_root', string],
  ['Options', 'options', pointer(primitive)],
  ['PrivilegedWithoutHostDevices', 'privileged_without_host_devices', bool],
  ['BaseRuntimeSpec', 'base_runtime_spec', string],
)

const authConfig = struct(
  'config.AuthConfig',
  ['Username', 'username', string],
  ['Password', 'password', string],
  ['Auth', 'auth', string],
  ['IdentityToken', 'identitytoken', string],
)

const tlsConfig = struct(
  'config.TLSConfig',
  ['InsecureSkipVerify', 'insecure_skip_verify', bool],
  ['CAFile', 'ca_file', string],
  ['CertFile', 'cert_file', string],
  ['KeyFile', 'key_file', string],
)

const EMBEDDED = { isEmbedded: true } as const

const cri = struct(
  'config.PluginConfig',
  [
    'ContainerdConfig',
    'containerd',
    struct(
      'config.ContainerdConfig',
      ['Snapshotter', 'snapshotter', string],
      ['DefaultRuntimeName', 'default_runtime_name', string],
      ['DefaultRuntime', 'default_runtime', runtime],
      ['UntrustedWorkloadRuntime', 'untrusted_workload_runtime', runtime],
      ['Runtimes', 'runtimes', map(runtime)],
      ['NoPivot', 'no_pivot', bool],
      ['DisableSnapshotAnnotations', 'disable_snapshot_annotations', bool],
      ['DiscardUnpackedLayers', 'discard_unpacked_layers', bool],
    ),
    EMBEDDED,
  ],
  [
    'CniConfig',
    'cni',
    struct(
      'config.CniConfig',
      ['NetworkPluginBinDir', 'bin_dir', string],
      ['NetworkPluginConfDir', 'conf_dir', string],
      ['NetworkPluginMaxConfNum', 'max_conf_num', int],
      ['NetworkPluginConfTemplate', 'conf_template', string],
    ),
    EMBEDDED,
  ],
  [
    'Registry',
    'registry',
    struct(
      'config.Registry',
      ['Mirrors', 'mirrors', map(struct('config.Mirror', ['Endpoints', 'endpoint', strings]))],
      [
        'Configs',
        'configs',
        map(
          struct(
            'config.RegistryConfig',
            ['Auth', 'auth', pointer(authConfig)],
            ['TLS', 'tls', pointer(tlsConfig)],
          ),
        ),
      ],
      ['Auths', 'auths', map(authConfig)],
      ['Headers', 'headers', map(strings)],
    ),
  ],
  [
    'ImageDecryption',
    'image_decryption',
    struct('config.ImageDecryption', ['KeyModel', 'key_model', string]),
    EMBEDDED,
  ],
  ['DisableTCPService', 'disable_tcp_service', bool],
  ['StreamServerAddress', 'stream_server_address', string],
  ['StreamServerPort', 'stream_server_port', string],
  ['StreamIdleTimeout', 'stream_idle_timeout', string],
  ['EnableSelinux', 'enable_selinux', bool],
  ['SelinuxCategoryRange', 'selinux_category_range', int],
  ['SandboxImage', 'sandbox_image', string],
  ['StatsCollectPeriod', 'stats_collect_period', int],
  ['SystemdCgroup', 'systemd_cgroup', bool],
  ['EnableTLSStreaming', 'enable_tls_streaming', bool],
  [
    'X509KeyPairStreaming',
    'x509_key_pair_streaming',
    struct(
      'config.X509KeyPairStreaming',
      ['TLSCertFile', 'tls_cert_file', string],
      ['TLSKeyFile', 'tls_key_file', string],
    ),
    EMBEDDED,
  ],
  ['MaxContainerLogLineSize', 'max_container_log_line_size', int],
  ['DisableCgroup', 'disable_cgroup', bool],
  ['DisableApparmor', 'disable_apparmor', bool],
  ['RestrictOOMScoreAdj', 'restrict_oom_score_adj', bool],
  ['MaxConcurrentDownloads', 'max_concurrent_downloads', int],
  ['DisableProcMount', 'disable_proc_mount', bool],
  ['UnsetSeccompProfile', 'unset_seccomp_profile', string],
  ['TolerateMissingHugetlbController', 'tolerate_missing_hugetlb_controller', bool],
  ['DisableHugetlbController', 'disable_hugetlb_controller', bool],
  ['IgnoreImageDefinedVolumes', 'ignore_image_defined_volumes', bool],
)

const duration: GoType = textDuration('scheduler.duration')

/** The `Config` of every plugin of 1.4 that has one, by the plugin's URI. */
export const PLUGIN_CONFIGS_1_4: Readonly<Record<string, StructType>> = {
  'io.containerd.gc.v1.scheduler': struct(
    'scheduler.config',
    ['PauseThreshold', 'pause_threshold', float64],
    ['DeletionThreshold', 'deletion_threshold', int],
    ['MutationThreshold', 'mutation_threshold', int],
    ['ScheduleDelay', 'schedule_delay', duration],
    ['StartupDelay', 'startup_delay', duration],
  ),
  'io.containerd.grpc.v1.cri': cri,
  'io.containerd.internal.v1.opt': struct('opt.Config', ['Path', 'path', string]),
  'io.containerd.internal.v1.restart': struct('monitor.Config', ['Interval', 'interval', duration]),
  'io.containerd.metadata.v1.bolt': struct('config.BoltConfig', [
    'ContentSharingPolicy',
    'content_sharing_policy',
    string,
  ]),
  'io.containerd.monitor.v1.cgroups': struct('cgroups.Config', ['NoPrometheus', 'no_prometheus', bool]),
  'io.containerd.runtime.v1.linux': struct(
    'linux.Config',
    ['Shim', 'shim', string],
    ['Runtime', 'runtime', string],
    ['RuntimeRoot', 'runtime_root', string],
    ['NoShim', 'no_shim', bool],
    ['ShimDebug', 'shim_debug', bool],
  ),
  'io.containerd.runtime.v2.task': struct('v2.Config', ['Platforms', 'platforms', list(string)]),
  'io.containerd.service.v1.diff-service': struct('diff.config', ['Order', 'default', strings]),
  'io.containerd.snapshotter.v1.devmapper': struct(
    'devmapper.Config',
    ['RootPath', 'root_path', string],
    ['PoolName', 'pool_name', string],
    ['BaseImageSize', 'base_image_size', string],
    ['AsyncRemove', 'async_remove', bool],
  ),
}
