# Completion of dractl for bash. Load it with: source <(dractl completion bash)

_dractl() {
    local -a words=()
    local word glued='' line current directive=4 i
    # Bash takes --policy=first apart at the equals sign; put such words together again.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if [[ ${#words[@]} -gt 0 && ( $word == '=' || -n $glued ) ]]; then
            words[${#words[@]} - 1]+=$word
        else
            words+=("$word")
        fi
        [[ $word == '=' ]] && glued=yes || glued=''
    done
    current=${words[${#words[@]} - 1]}
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == :* ]]; then
            directive=${line#:}
            continue
        fi
        line=${line%%$'\t'*}
        # Bash replaces only what stands after the last equals sign.
        [[ $current == *=* ]] && line=${line#"${current%=*}="}
        COMPREPLY+=("$line")
    done < <("${COMP_WORDS[0]}" __complete "${words[@]}" 2>/dev/null)
    if [[ $directive == 0 && ${#COMPREPLY[@]} == 0 ]]; then
        compopt -o default 2>/dev/null
    fi
}

complete -F _dractl dractl kubectl-dra
