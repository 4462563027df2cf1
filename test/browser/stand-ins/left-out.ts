/** What is loaded only when a program of just-bash's build for Node is run, and none of that build is. */
throw new Error('of the build of just-bash for Node there is the parser alone')
