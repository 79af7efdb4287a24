#compdef dractl kubectl-dra
# Completion of dractl for zsh. Save it as _dractl in a folder of $fpath.

_dractl() {
    local -a lines candidates
    local line directive
    lines=("${(@f)$("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    directive=${lines[-1]#:}
    for line in "${(@)lines[1,-2]}"; do
        # _describe splits at colons, so those of a value are escaped.
        if [[ $line == *$'\t'* ]]; then
            candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
        else
            candidates+=("${line//:/\\:}")
        fi
    done
    if (( $#candidates )); then
        _describe -t values value candidates
    elif [[ $directive == 0 ]]; then
        _files
    fi
}

# Autoloaded, this file is the function itself; sourced, it registers one.
if [[ ${funcstack[1]} == _dractl ]]; then
    _dractl "$@"
else
    compdef _dractl dractl kubectl-dra
fi
