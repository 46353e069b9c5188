// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references as configs have them.

/** The part of docs/clients.md that people wrote. */
export const CLIENTS_GUIDE = `# MCP clients

One config of MCP servers in the store, and the files of the clients that use them: taken in, compared, changed with care, and taken back. This
page is made from the data the program works with (\`src/clients/dialects/\`).

## From the command line

\`\`\`sh
config-store clients                              # which clients are here, what is in their files, what differs
config-store clients import cursor --name team/servers
config-store clients deploy team/servers --to cursor,codex,claude-code
config-store clients show cursor                  # later: was anything changed, or lost?
config-store clients deploy team/servers --restore    # put back what is ours
config-store clients undo cursor                  # the exact bytes from before
\`\`\`

\`deploy\` plans, shows each line that would change, asks, and writes. \`plan\` and \`apply\` are the same in two steps; a plan holds for an hour.
\`--render\` prints what would be in the file, for everything that is not written from here. Such a session, on a terminal, also as
[recordings/clients.cast](recordings/clients.cast) (\`asciinema play docs/recordings/clients.cast\`):

![Servers of a client are imported, one is added, deployed to two clients, changed by another program, put back, and taken back](recordings/clients.svg)

## More commands

\`clients add-server NAME --to CONFIG\` fills a config from the catalog (\`catalog add\`, \`list\`, \`show\`, \`search\`; the documents are those of the MCP
registry, fifteen are in \`examples/catalog/\`). \`probe CONFIG\` starts the servers, or reaches them at their addresses, shakes hands in both eras
of the protocol, lists their tools and says which changed since \`--record\`. \`run CONFIG/SERVER\` starts one with the values of its variables, for clients that expand none. \`clients watch\` says at once when a file differs;
\`clients remove\` and \`clients uninstall\` take ours out again.

## From an assistant

\`scan_clients\`, \`import_client\`, \`plan_deploy\`, \`apply_deploy\`, \`undo_deploy\`: the same steps as tools. Nothing is written outside the
clients' own known files, no value of a variable is ever filled in, and values that are not from the store are never shown.

## A config of servers

The common form is \`mcp.json\`: each server has \`type\` (\`stdio\`, \`streamable-http\` or \`sse\`), then \`command\`, \`args\`, \`env\`, \`cwd\`, or \`url\` and
\`headers\`. Values refer to variables as \`\${env:NAME}\`, and each client gets its own words for that.

\`\`\`json
{
  "extends": ["team/base"],
  "mcpServers": {
    "github": {
      "type": "stdio",
      "command": "npx",
      "args": ["-y", "@modelcontextprotocol/server-github@2025.4.8"],
      "env": { "GITHUB_PERSONAL_ACCESS_TOKEN": "\${env:GITHUB_PERSONAL_ACCESS_TOKEN}" }
    }
  },
  "overlays": { "codex": { "github": { "startup_timeout_sec": 20 } }, "zed": { "github": null } }
}
\`\`\`

\`extends\` names configs it builds on (the same server in two of them is an error); \`overlays\` sets members that only one client has, and \`null\`
leaves a server out there.

## What is promised

- Only entries that this store owns are edited, and in them only the fields it wrote. Every other byte stays: comments, order, indentation, line
  ends, members it does not know, your \`disabled\`, \`timeout\` or \`autoApprove\`. The result is parsed and compared before it takes the place of the file.
- A file that does not parse, has a key twice, or is in a form that cannot be extended safely is refused, by the plan already, never repaired and
  never begun again. What you wrote in an entry is never printed again: where only that would do, the file is refused.
- An entry of the same name that is not ours is a conflict: import it, choose another name, or say \`--take-over\`. One that says the same already
  becomes ours without a byte being written.
- What you removed or changed is put back only with \`--restore\`; what you switched off stays off.
- A file that changed since the plan is left alone (\`PLAN_STALE\`). Some clients rewrite other parts of their file all the time: for those the plan
  holds their servers, and the edit is made in the newest bytes.
- A dated copy is made first, closed to others, the last five are kept. The new file is written next to the old one, flushed, and renamed over it;
  mode, owner and links stay. A file that cannot be renamed over, or has another name (a hard link), is written in place, and that is said.
- One client's fault never stops the others.
- What was deployed where is remembered in \`state/deployments.jsonl\` and signed in the store as \`deployments/CLIENT\`: names, digests and files, never
  a value.

## Credentials

A credential in clear is never stored: \`import\` puts a reference in its place and says which. In the client's file it stays, and is no drift. Where a
client expands no variables, the reference is left out and reported as a loss: set the value in the client's own file, or write it there with
\`config-store clients deploy … --fill-from-env\`. The files of a project are committed, so they never hold a value.

Or let the client start \`config-store run CONFIG/SERVER\`, which takes the values from its environment, else from the system's keyring, and writes them
nowhere:

\`\`\`sh
secret-tool store --label 'GitHub' service mcp-config-store variable GITHUB_TOKEN        # Linux, Secret Service
security add-generic-password -s mcp-config-store -a GITHUB_TOKEN -w                    # macOS
\`\`\`

On Windows only the environment counts. These commands were tried with programs standing in for them, not with real keyrings.

What VS Code asks a person for (\`inputs\`, \`\${input:ID}\`) stays in its file; the store holds the reference, and a plan says which input is not there. Kiro
expands only variables that are approved: a plan names those that are not.

## Projects, accounts and several files

\`--project DIR\` means the clients' files in a project instead of those of the user. Claude Code has a third list, of one person for one project, in
the user's file: it is scanned and imported with \`--project\`, and written where its file is named too (\`--path ~/.claude.json\`). A name that is
in several of them is said, and which one counts. Another account of a client (\`CLAUDE_CONFIG_DIR\`, \`CODEX_HOME\`, a profile of VS Code) is a target of
its own; \`--path\` picks some of the files.

## Losses

| code | says |
|---|---|
| \`TRANSPORT_UNSUPPORTED\` | the client's file cannot hold a server of this kind: it is left out |
| \`VARIABLE_UNSUPPORTED\` | the client expands no variables there |
| \`FIELD_UNSUPPORTED\` | the client does not know this member |
| \`NAME_UNSUPPORTED\` | the client keeps this name for itself |

## Containers, Windows, WSL

In a container the home folder is no person's: only folders that are mounted under \`/targets/CLIENT\` count (the folder, not the file, so that it can
be renamed over), or files that \`CONFIG_STORE_TARGETS\` names. Under WSL the files of Windows are targets only by that setting. The paths of Windows and
macOS are held by tests; the system calls were tested on Linux.
`;
