import { Argument, Command } from 'commander';

type Script = (commands: readonly Completed[]) => string;

/** A command as a shell completes it. */
interface Completed {
  /** `replay`, `guardrails check`; empty for the program. */
  readonly path: string;
  readonly description: string;
  /** Or what its argument may be. */
  readonly commands: readonly string[];
  readonly options: readonly CompletedOption[];
}

interface CompletedOption {
  readonly flag: string;
  readonly description: string;
  readonly takesValue: boolean;
  readonly choices: readonly string[];
}

const SCRIPTS: Readonly<Record<string, Script>> = {
  bash: bashScript,
  zsh: (commands) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`,
  fish: fishScript,
};

const EXAMPLES = `
Examples:
  source <(credlock completion bash)        in ~/.bashrc
  source <(credlock completion zsh)         in ~/.zshrc, after compinit
  credlock completion fish | source         in ~/.config/fish/config.fish`;

/** `credlock completion`: a script for the shell, made from the commands of `program`. */
export function completionCommand(program: Command): Command {
  return new Command('completion')
    .description('Prints a script that completes commands, options and their values in a shell.')
    .addArgument(new Argument('<shell>').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLES)
    .action((shell: string) => {
      process.stdout.write(SCRIPTS[shell]?.(completedIn(program, '')) ?? '');
    });
}

function completedIn(command: Command, path: string): Completed[] {
  const inner = command.commands.flatMap((one) => completedIn(one, `${path} ${one.name()}`.trim()));
  const options = command.options.map(({ long, description, required, optional, argChoices }) => ({
    flag: long ?? '',
    description,
    takesValue: required || optional,
    choices: argChoices ?? [],
  }));
  const own = {
    path,
    description: command.description(),
    commands: [
      ...command.commands.map((one) => one.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
    options,
  };
  return [own, ...inner];
}

function bashScript(commands: readonly Completed[]): string {
  const words = commands.map(
    ({ path, commands: inner, options }) =>
      `    '${path}') words='${[...inner, ...options.map(({ flag }) => flag), '--help'].join(' ')}' ;;`,
  );
  const values = commands.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(
        ({ flag, choices }) =>
          `    '${path} ${flag}') COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return ;;`,
      ),
  );
  const paths = commands.map(({ path }) => `'${path}'`).join('|');
  return `_credlock() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" path='' words='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "\${path:+$path }\${COMP_WORDS[at]}" in
      ${paths}) path="\${path:+$path }\${COMP_WORDS[at]}" ;;
    esac
  done
  COMPREPLY=()
  case "$path $before" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _credlock credlock
`;
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, options, commands: inner }) => {
    const names = path.split(' ').filter((name) => name !== '');
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const noneOf = inner.length > 0 ? `not __fish_seen_subcommand_from ${inner.join(' ')}` : '';
    const when = [seen, noneOf].filter((one) => one !== '').join('; and ');
    const described = inner.map((name) => commands.find((one) => one.path === [...names, name].join(' ')));
    return [
      ...described.map(
        (one) =>
          `complete -c credlock -f -n ${quoted(when)} -a ${one?.path.split(' ').at(-1) ?? ''} -d ${quoted(one?.description ?? '')}`,
      ),
      ...options.map((option) => fishOption(option, seen)),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function fishOption({ flag, description, takesValue, choices }: CompletedOption, seen: string): string {
  const when = seen === '' ? '' : ` -n ${quoted(seen)}`;
  const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
  return `complete -c credlock${when} -l ${flag.replace('--', '')}${value} -d ${quoted(description)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
