import { kubelet as start } from '../kubelet/kubelet.ts'
import { ANY_WORDS, withCommandLine } from './getopt.ts'

/** kubelet(1), of a package of pkgs.k8s.io. */
export const kubelet = withCommandLine(start, ANY_WORDS)
