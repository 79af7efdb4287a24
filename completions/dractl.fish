# Completion of dractl for fish. Save it as ~/.config/fish/completions/dractl.fish

function __dractl_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    test (count $current) -eq 0; and set current ''
    set -l lines ($words[1] __complete $words[2..-1] $current 2>/dev/null)
    test (count $lines) -gt 0; or return
    if test (count $lines) -gt 1
        printf '%s\n' $lines[1..-2]
    else if test $lines[-1] = ':0'
        __fish_complete_path $current
    end
end

complete -c dractl -f -a '(__dractl_complete)'
complete -c kubectl-dra -f -a '(__dractl_complete)'
