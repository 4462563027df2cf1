interface Addition {
  /** The first of the versions that were looked at (247, 252, 257, 262) that knows them. */
  readonly since: number
  readonly sections: readonly string[]
  readonly names: string
}

/**
 * Directives that not every version has: how what `systemd --dump-configuration-items` says differs between the systemd of
 * Debian 11, 12, 13 and 14. What a later one has dropped it still knows the name of.
 */
const ADDITIONS: readonly Addition[] = [
  {
    since: 252,
    sections: ['Unit'],
    names: `
      AssertCPUFeature AssertCPUPressure AssertCredential AssertIOPressure AssertMemoryPressure
      AssertOSRelease ConditionCPUFeature ConditionCPUPressure ConditionCredential ConditionFirmware
      ConditionIOPressure ConditionMemoryPressure ConditionOSRelease OnSuccess OnSuccessJobMode
      PropagatesStopTo StopPropagatedFrom Upholds`,
  },
  {
    since: 252,
    sections: ['Service', 'Socket', 'Mount', 'Swap', 'Slice', 'Scope'],
    names: `
      BPFProgram ManagedOOMMemoryPressureLimit ManagedOOMPreference RestrictNetworkInterfaces
      SocketBindAllow SocketBindDeny StartupAllowedCPUs StartupAllowedMemoryNodes`,
  },
  {
    since: 252,
    sections: ['Service', 'Socket', 'Mount', 'Swap'],
    names: `
      ExecPaths ExecSearchPath ExtensionDirectories ExtensionImages IPCNamespacePath
      LoadCredentialEncrypted NoExecPaths PrivateIPC RestrictFileSystems SetCredentialEncrypted
      TTYColumns TTYRows`,
  },
  {
    since: 252,
    sections: ['Service', 'Scope'],
    names: `
      RuntimeRandomizedExtraSec`,
  },
  {
    since: 252,
    sections: ['Service'],
    names: `
      ExitType`,
  },
  {
    since: 252,
    sections: ['Automount'],
    names: `
      ExtraOptions`,
  },
  {
    since: 252,
    sections: ['Path'],
    names: `
      TriggerLimitBurst TriggerLimitIntervalSec`,
  },
  {
    since: 252,
    sections: ['Scope'],
    names: `
      OOMPolicy`,
  },
  {
    since: 257,
    sections: ['Unit'],
    names: `
      SurviveFinalKillSignal WantsMountsFor`,
  },
  {
    since: 257,
    sections: ['Install'],
    names: `
      UpheldBy`,
  },
  {
    since: 257,
    sections: ['Service', 'Socket', 'Mount', 'Swap', 'Slice', 'Scope'],
    names: `
      CoredumpReceive DefaultStartupMemoryLow DelegateSubgroup ManagedOOMMemoryPressureDurationSec
      MemoryPressureThresholdSec MemoryPressureWatch MemoryZSwapMax MemoryZSwapWriteback NFTSet
      StartupMemoryHigh StartupMemoryLow StartupMemoryMax StartupMemorySwapMax StartupMemoryZSwapMax`,
  },
  {
    since: 257,
    sections: ['Service', 'Socket', 'Mount', 'Swap'],
    names: `
      BindLogSockets ExtensionImagePolicy ImportCredential LogFilterPatterns MemoryKSM
      MountImagePolicy PrivatePIDs RootEphemeral RootImagePolicy SetLoginEnvironment`,
  },
  {
    since: 257,
    sections: ['Service'],
    names: `
      FileDescriptorStorePreserve OpenFile ReloadSignal RestartMaxDelaySec RestartMode RestartSteps`,
  },
  {
    since: 257,
    sections: ['Socket'],
    names: `
      PassFileDescriptorsToExec PollLimitBurst PollLimitIntervalSec`,
  },
  {
    since: 257,
    sections: ['Timer'],
    names: `
      DeferReactivation`,
  },
  {
    since: 262,
    sections: ['Unit'],
    names: `
      AssertFraction AssertKernelModuleLoaded AssertMachineTag AssertPathIsSocket AssertVersion
      ConditionFraction ConditionKernelModuleLoaded ConditionMachineTag ConditionPathIsSocket
      ConditionVersion`,
  },
  {
    since: 262,
    sections: ['Service', 'Socket', 'Mount', 'Swap', 'Slice', 'Scope'],
    names: `
      BindNetworkInterface CPUPressureThresholdSec CPUPressureWatch CPUSetPartition
      IOPressureThresholdSec IOPressureWatch OOMRules`,
  },
  {
    since: 262,
    sections: ['Service', 'Socket', 'Mount', 'Swap'],
    names: `
      BPFDelegateAttachments BPFDelegateCommands BPFDelegateMaps BPFDelegatePrograms
      CacheDirectoryAccounting CacheDirectoryQuota DelegateNamespaces LogsDirectoryAccounting
      LogsDirectoryQuota MemoryTHP PrivateBPF RootMStack StateDirectoryAccounting
      StateDirectoryQuota UserNamespacePath`,
  },
  {
    since: 262,
    sections: ['Service'],
    names: `
      ExecReloadPost LUOSession RefreshOnReload RestartRandomizedDelaySec`,
  },
  {
    since: 262,
    sections: ['Socket'],
    names: `
      AcceptFileDescriptors DeferTrigger DeferTriggerMaxSec PassPIDFD XAttrAccept XAttrEntryPoint
      XAttrListen`,
  },
  {
    since: 262,
    sections: ['Timer'],
    names: `
      RandomizedOffsetSec`,
  },
  {
    since: 262,
    sections: ['Slice'],
    names: `
      ActivatingConcurrencyMax ConcurrencyHardMax ConcurrencySoftMax`,
  },
]

/** The version that brought a directive, by `Section.Name`; those that all versions have are not there. */
export const DIRECTIVE_SINCE: ReadonlyMap<string, number> = new Map(
  ADDITIONS.flatMap(({ since, sections, names }) =>
    names
      .trim()
      .split(/\s+/)
      .flatMap(name => sections.map(section => [`${section}.${name}`, since] as const)),
  ),
)
